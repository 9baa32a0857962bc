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
            Event::Step { text, .. } => anstream::eprintln!("==> {text}"),
            Event::Output { line } => anstream::eprintln!("    {}", plain(line)),
            Event::Warning { text } => anstream::eprintln!("warning: {text}"),
            Event::Progress { .. } => {}
            Event::Listening { address } => anstream::eprintln!("==> listening at {address}"),
            Event::Served { from, failure: None } => anstream::eprintln!("==> built for {from}"),
            Event::Served { from, failure: Some(failure) } => {
                anstream::eprintln!("==> not built for {from}: {failure}");
            }
            Event::Bundle { path, .. } => anstream::eprintln!("==> bundle: {path}"),
        }
    }
}

/// A build's line without what could steer a terminal.
fn plain(line: &str) -> String {
    line.chars().map(|one| if one.is_control() && one != '\t' { '\u{fffd}' } else { one }).collect()
}
