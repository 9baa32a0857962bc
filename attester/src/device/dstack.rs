//! dstack's guest agent: HTTP over a Unix socket.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::http::{Request, ask};
use crate::failure::{At as _, Done, Failure};

/// Where the agent listens.
pub const PLACE: &str = "var/run/dstack.sock";

/// How long the agent may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the agent answers to `/GetQuote`. It may say more, which nobody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Quote {
    /// The quote, hex.
    pub quote: String,
    /// The event log, JSON in a text.
    pub event_log: String,
    /// What the host says of the machine, JSON in a text.
    #[serde(default)]
    pub vm_config: String,
}

/// Asks for a quote over 64 bytes.
///
/// # Errors
/// [`Failure`] where the agent can't be reached, or answers otherwise.
pub fn quote(place: &Path, data: &[u8; 64]) -> Done<Quote> {
    let mut stream = UnixStream::connect(place).at("connect to", place)?;
    stream.set_read_timeout(Some(PATIENCE)).at("wait for", place)?;
    let body = serde_json::json!({ "report_data": crate::hex(data) }).to_string();
    let request = Request { path: "/GetQuote", host: "dstack", headers: &[], body: Some(&body) };
    let answer = ask(&mut stream, &request)?;
    serde_json::from_slice(&answer).map_err(|error| {
        Failure::build(format!("`{}` answers otherwise than dstack: {error}", place.display()))
    })
}
