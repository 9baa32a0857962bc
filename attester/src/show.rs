//! Shows what happens: lines for a person, JSON for a program.

use kettle_attest::{Event, Reporter};

pub(crate) fn reporter(json: bool) -> Box<dyn Reporter> {
    if json { Box::new(Json) } else { Box::new(Lines) }
}

struct Json;

impl Reporter for Json {
    fn report(&mut self, event: &Event<'_>) {
        if let Ok(line) = serde_json::to_string(event) {
            anstream::println!("{line}");
        }
    }
}

struct Lines;

impl Reporter for Lines {
    fn report(&mut self, event: &Event<'_>) {
        match event {
            Event::Step { text, .. } => anstream::eprintln!("==> {}", plain(text)),
            Event::Output { line } => anstream::eprintln!("    {}", plain(line)),
            Event::Warning { text } => anstream::eprintln!("warning: {}", plain(text)),
            Event::Progress { done, total, .. } => {
                anstream::eprintln!("    {done} of {total} are as the lockfile has them");
            }
            Event::Failed { text, .. } => anstream::eprintln!("error: {}", plain(text)),
            Event::Listening { address } => anstream::eprintln!("==> listening at {address}"),
            Event::Served { from, failure: None } => anstream::eprintln!("==> built for {from}"),
            Event::Served { from, failure: Some(failure) } => {
                anstream::eprintln!("==> not built for {from}: {}", plain(failure));
            }
            Event::Bundle { path, .. } => anstream::eprintln!("==> bundle: {path}"),
        }
    }
}

/// A line that others may have had a say in, without what could steer a terminal.
fn plain(line: &str) -> String {
    line.chars().map(|one| if one.is_control() && one != '\t' { '\u{fffd}' } else { one }).collect()
}
