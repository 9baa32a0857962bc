//! The crate `dcap-qvl` on the same quote with the same collateral at the same time.
//!
//! It is built with its backend `rustcrypto`, so that both stand on the same arithmetic and what is
//! compared lies around it. Both begin with bytes: to parse the collateral is part of the work.

use dcap_qvl::QuoteCollateralV3;
use dcap_qvl::verify::rustcrypto;
use serde_json::Value;

use crate::primitives::quote;
use crate::sample::{Sample, json};

/// A TDX quote and its collateral as that crate takes them.
pub struct Peer {
    quote: Vec<u8>,
    collateral: Vec<u8>,
    now: u64,
}

impl Peer {
    /// The same for a genuine sample with collateral; `None` for others.
    ///
    /// # Errors
    /// Where that crate refuses it, in its own words.
    pub fn of(sample: &Sample) -> Result<Option<Self>, String> {
        let envelope = json(&sample.evidence)?;
        let evidence = envelope.get("evidence").unwrap_or(&Value::Null);
        let Some(collateral) = evidence.get("collateral").filter(|_| sample.is_genuine()) else {
            return Ok(None);
        };
        let Some(quote) = quote(evidence) else { return Ok(None) };
        let collateral = collateral.to_string().into_bytes();
        let now = sample.now.unix();
        let peer = Self { quote, collateral, now };
        peer.outcome().map(|()| Some(peer))
    }

    /// Verifies the quote. What it says was looked at once, in [`Peer::of`].
    #[must_use]
    pub fn verify(&self) -> bool {
        self.outcome().is_ok()
    }

    fn outcome(&self) -> Result<(), String> {
        let collateral: QuoteCollateralV3 =
            serde_json::from_slice(&self.collateral).map_err(|error| error.to_string())?;
        let report = rustcrypto::verify(&self.quote, &collateral, self.now);
        report.map(|_| ()).map_err(|error| format!("{error:#}"))
    }
}
