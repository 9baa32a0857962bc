//! `kettle-attest`: builds a project inside a confidential VM and leaves a bundle.

mod args;
mod show;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use kettle_attest::input_tree::{self, Seed};
use kettle_attest::{Done, Event, Failure, Options, build, evidence, guard, interrupt, remote, sandbox};

use crate::args::{Arguments, AttestArgs, BuildArgs, Command, ProveArgs, SendArgs, ServeArgs};

fn main() -> ExitCode {
    // What this program is when it has started itself.
    let mut words = std::env::args_os().skip(1);
    let word = words.next().unwrap_or_default();
    let words: Vec<_> = words.collect();
    let code = match word.to_str() {
        Some(sandbox::FIRST) => Some(sandbox::first(&words)),
        Some(sandbox::INSIDE) => Some(sandbox::enter(&words)),
        Some(guard::GUARD) => Some(guard::stand()),
        Some(guard::SWEEPER) => Some(guard::sweep(&words)),
        _ => None,
    };
    if let Some(code) = code {
        return ExitCode::from(u8::try_from(code).unwrap_or(1));
    }
    let arguments = Arguments::parse();
    match interrupt::listen().and_then(|()| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let failed = Event::Failed { fault: failure.kind, text: &failure.message };
            show::reporter(false).report(&failed);
            if arguments.json {
                show::reporter(true).report(&failed);
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(arguments: &Arguments) -> Done {
    match &arguments.command {
        Command::Build(given) => attested_build(given, arguments.json),
        Command::Serve(given) => serve(given, arguments.json),
        Command::Send(given) => send(given, arguments.json),
        Command::Attest(given) => attest(given),
        Command::Prove(given) => prove(given),
        Command::SelfTest => self_test(arguments.json),
        Command::TestRoot => test_root(),
    }
}

fn attested_build(given: &BuildArgs, json: bool) -> Done {
    let attester = evidence::of(&given.evidence.asked()?)?;
    let what = &given.what;
    let options = Options {
        project: what.project.clone(),
        reference: what.reference.clone(),
        source_uri: what.source_uri.clone(),
        toolchain: what.toolchain.clone(),
        command: what.command.clone(),
        artifacts: what.artifact.clone(),
        nonce: given.nonce()?,
        limits: given.limits.limits(),
        output: what.output.clone(),
        seed: what.seed.clone(),
        allow_inconclusive: given.allow_inconclusive,
    };
    let mut reporter = show::reporter(json);
    let built = build(&options, attester.as_ref(), reporter.as_mut())?;
    if !json {
        anstream::println!("{}", built.verdict.sentence);
    }
    Ok(())
}

fn serve(given: &ServeArgs, json: bool) -> Done {
    let attester = evidence::of(&given.evidence.asked()?)?;
    sandbox::probe()?;
    let server = remote::Server::new(&given.listen, attester.as_ref(), given.limits.limits())?;
    let mut reporter = show::reporter(json);
    reporter.report(&Event::Listening { address: &server.address()?.to_string() });
    loop {
        let (from, done) = server.next(reporter.as_mut())?;
        let failure = done.err().map(|failure| failure.message);
        reporter.report(&Event::Served { from: &from.to_string(), failure: failure.as_deref() });
    }
}

fn send(given: &SendArgs, json: bool) -> Done {
    let what = &given.what;
    let request = remote::Request {
        to: given.to.clone(),
        project: what.project.clone(),
        reference: what.reference.clone(),
        source_uri: what.source_uri.clone(),
        toolchain: what.toolchain.clone(),
        command: what.command.clone(),
        artifacts: what.artifact.clone(),
        policy: args::read(&given.policy)?,
        policy_keys: given.policy_key.iter().map(|path| args::read(path)).collect::<Done<_>>()?,
        trust_root: given.trust_root.as_deref().map(args::read).transpose()?,
        output: what.output.clone(),
        seed: what.seed.clone(),
    };
    let mut reporter = show::reporter(json);
    let built = remote::send(&request, reporter.as_mut())?;
    if !json {
        anstream::println!("{}", built.verdict.sentence);
    }
    Ok(())
}

fn attest(given: &AttestArgs) -> Done {
    let attester = evidence::of(&given.evidence.asked()?)?;
    let attested = evidence::answer(&given.challenge)?;
    let evidence = attester.attest(&attested, build::now()?)?;
    write(&given.output, &evidence.envelope)?;
    if let Some(reason) = &evidence.not_fetched {
        show::reporter(false).report(&Event::Warning { text: reason });
    }
    let (digest, _) = attested.split_at(32);
    anstream::println!("{}", base16ct::lower::encode_string(digest));
    Ok(())
}

/// Writes a file where none is yet.
fn write(path: &Path, bytes: &[u8]) -> Done {
    let written = std::fs::File::create_new(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| Failure::usage(format!("can't write `{}`: {error}", path.display())))
}

fn prove(given: &ProveArgs) -> Done {
    let seed = given.seed.clone().unwrap_or_else(|| Seed::place(&given.bundle));
    let (proof, entry) = input_tree::prove(&given.bundle, &seed, &given.input)?;
    write(&given.output, &proof)?;
    anstream::println!("{entry}");
    Ok(())
}

fn test_root() -> Done {
    // A reader that went away changes nothing.
    let _ = std::io::stdout().write_all(&evidence::test_root());
    Ok(())
}

fn self_test(json: bool) -> Done {
    let layers = sandbox::probe()?;
    for layer in sandbox::Layer::ALL {
        let on = layers.has(layer);
        if json {
            let line = serde_json::json!({ "layer": layer, "on": on, "purpose": layer.purpose() });
            anstream::println!("{line}");
        } else {
            anstream::println!(
                "{:18} {:3}  {}",
                layer.name(),
                if on { "on" } else { "OFF" },
                layer.purpose()
            );
        }
    }
    if layers.iter().count() == sandbox::Layer::ALL.len() {
        return Ok(());
    }
    Err(Failure::usage(
        "some layers are not offered by this machine; the provenance of a build says which were on",
    ))
}
