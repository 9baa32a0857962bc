//! As much of HTTP as the machine's own services take: one request on a connection of its own, in HTTP/1.0,
//! so that the answer ends with the connection and is in no chunks.
//!
//! These services are on the machine itself (a Unix socket, a link-local address), so there is no TLS. What
//! they answer is believed as little as anything else: certificates and quotes are verified later.

use std::io::{Read, Write};

use super::ANSWER_BYTES;
use crate::failure::{Done, Failure};

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The path with its query.
    pub path: &'r str,
    /// The host, as the header has it.
    pub host: &'r str,
    /// Further headers.
    pub headers: &'r [(&'r str, &'r str)],
    /// A JSON document to post; nothing to get.
    pub body: Option<&'r str>,
}

/// A connection.
pub trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// Makes a request and reads the body of its answer, which must be 200.
///
/// # Errors
/// [`Failure`] where the service can't be reached, or answers otherwise.
pub fn ask(stream: &mut dyn Stream, request: &Request<'_>) -> Done<Vec<u8>> {
    let at = format!("{}{}", request.host, request.path);
    let failed = |what: String| Failure::build(format!("`{at}`: {what}"));
    let mut text = format!(
        "{} {} HTTP/1.0\r\nHost: {}\r\nAccept: application/json\r\n",
        if request.body.is_some() { "POST" } else { "GET" },
        request.path,
        request.host
    );
    for (name, value) in request.headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if let Some(body) = request.body {
        text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    } else {
        text.push_str("\r\n");
    }
    stream.write_all(text.as_bytes()).map_err(|error| failed(error.to_string()))?;
    let mut answer = Vec::new();
    let limit = u64::try_from(ANSWER_BYTES).unwrap_or(u64::MAX);
    stream.take(limit).read_to_end(&mut answer).map_err(|error| failed(error.to_string()))?;
    if answer.len() >= ANSWER_BYTES {
        return Err(failed("more bytes than any answer has".into()));
    }
    body(&answer).map_err(failed)
}

/// The body of an answer with the status 200.
fn body(answer: &[u8]) -> Result<Vec<u8>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let head = match response.parse(answer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Err("the answer ends within its headers".into()),
        Err(error) => return Err(format!("no answer in HTTP: {error}")),
    };
    let status = response.code.unwrap_or_default();
    if status != 200 {
        return Err(format!("the service answers with status {status}"));
    }
    let named = |name: &str| response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    if named("transfer-encoding").is_some() {
        return Err("the answer comes in chunks, which HTTP/1.0 has not".into());
    }
    let body = answer.get(head..).unwrap_or_default();
    let length = named("content-length").map(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
    match length {
        Some(length) if length != Some(body.len()) => Err("the answer was cut off".into()),
        _ => Ok(body.to_vec()),
    }
}
