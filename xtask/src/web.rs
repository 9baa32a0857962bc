//! `cargo xtask web`: the page, from the npm package of the same tree.

use crate::failure::Done;
use crate::npm;
use crate::workspace::{command, root, run};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Tests it in Chromium, with the network cut
    #[arg(long)]
    test: bool,
    /// Takes the screenshots of its README again
    #[arg(long)]
    screenshots: bool,
}

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    npm::build()?;
    build()?;
    if arguments.test {
        test()?;
    }
    if arguments.screenshots { node(&["test/screenshots.mjs"]) } else { Ok(()) }
}

const WEB: &str = "web-demo";

/// Builds both forms of the page into `target/web`; the npm package has to be there.
pub(crate) fn build() -> Done {
    npm::install(WEB)?;
    run(command("npm", &["run", "--silent", "check"]).current_dir(root().join(WEB)))?;
    node(&["build.mjs"])
}

/// Every test of the page. One browser at a time: some of them watch its memory.
pub(crate) fn test() -> Done {
    let mut tests = Vec::new();
    for entry in std::fs::read_dir(root().join(WEB).join("test"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            tests.push(format!("test/{name}"));
        }
    }
    tests.sort();
    let arguments = ["--test", "--test-concurrency=1"].into_iter().chain(tests.iter().map(String::as_str));
    node(&arguments.collect::<Vec<_>>())
}

fn node(arguments: &[&str]) -> Done {
    run(command("node", arguments).current_dir(root().join(WEB)))
}
