//! Azure's metadata service: the certificate of the processor, and quotes over a TD's report.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::certificates::first_of_pem;
use super::http::{Request, ask};
use crate::failure::{Done, Failure};

/// Where it listens.
pub const ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(169, 254, 169, 254)), 80);

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
struct Certification {
    #[serde(rename = "vcekCert")]
    vcek: String,
}

#[derive(Deserialize)]
struct TdQuote {
    quote: String,
}

/// The VCEK, DER.
///
/// # Errors
/// [`Failure`] where the service can't be reached, or answers otherwise.
pub fn vcek(service: SocketAddr) -> Done<Vec<u8>> {
    let path = "/metadata/THIM/amd/certification";
    let answer: Certification = asked(service, path, &[("Metadata", "true")], None)?;
    first_of_pem(&answer.vcek)
}

/// A quote over a TD report.
///
/// # Errors
/// [`Failure`] as above.
pub fn td_quote(service: SocketAddr, report: &[u8]) -> Done<Vec<u8>> {
    let body = serde_json::json!({ "report": URL_SAFE_NO_PAD.encode(report) }).to_string();
    let answer: TdQuote = asked(service, "/acc/tdquote", &[], Some(&body))?;
    let quote = URL_SAFE_NO_PAD.decode(answer.quote.trim_end_matches('='));
    quote.map_err(|_| Failure::build("the metadata service's quote is not in base64url"))
}

fn asked<A: for<'de> Deserialize<'de>>(
    service: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Done<A> {
    let failed = |what: String| Failure::build(format!("Azure's metadata service ({service}): {what}"));
    let mut stream =
        TcpStream::connect_timeout(&service, PATIENCE).map_err(|error| failed(error.to_string()))?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|error| failed(error.to_string()))?;
    let host = service.ip().to_string();
    let answer = ask(&mut stream, &Request { path, host: &host, headers, body })?;
    serde_json::from_slice(&answer).map_err(|error| failed(format!("it answers otherwise: {error}")))
}
