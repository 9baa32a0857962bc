//! What is appraised, collected piece by piece or read from a path.

use core::ops::ControlFlow;
use std::path::PathBuf;

use kettle_verifier_core::Artifact;
use kettle_verifier_core::request::{BundleDocument, Decoded};
use kettle_verifier_io::{Request, collateral_from_bytes, read_any};

use crate::code::Code;
use crate::failure::Failure;

/// What is appraised.
#[derive(Debug, Default)]
pub struct Bundle {
    pub(crate) parts: Decoded,
}

impl Bundle {
    pub(crate) fn of_kind(kind: &str) -> Result<Self, Failure> {
        let parts = Decoded { kind: word(kind)?, ..Decoded::default() };
        Ok(Self { parts })
    }

    pub(crate) fn read(path: PathBuf, without_artifacts: bool) -> Result<Self, Failure> {
        let request = Request { paths: vec![path], without_artifacts, ..Request::default() };
        let given = read_any(&request, &mut |_| ControlFlow::Continue(()))?;
        Ok(Self { parts: given.into() })
    }

    pub(crate) fn from_document(json: &[u8]) -> Result<Self, Failure> {
        Ok(Self { parts: BundleDocument::from_json(json)?.decode()? })
    }

    pub(crate) fn set_artifacts_mode(&mut self, mode: &str) -> Result<(), Failure> {
        self.parts.artifacts.mode = word(mode)?;
        Ok(())
    }

    pub(crate) fn add_artifact(&mut self, name: &str, sha256: [u8; 32], size: u64) {
        self.parts.artifacts.files.push(Artifact { name: name.into(), sha256, size });
    }

    pub(crate) fn add_collateral(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        collateral_from_bytes(bytes, "collateral", &mut self.parts.collateral).map_err(Failure::from)
    }
}

/// A word of an enumeration, as the documents of a request spell it.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    let spelt = serde_json::Value::String(text.into());
    serde_json::from_value(spelt).map_err(|error| {
        let reason = error.to_string().replace("unknown variant", "unknown word");
        Failure::new(Code::InvalidArgument, reason)
    })
}
