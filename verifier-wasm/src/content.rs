//! What is appraised.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use kettle_verifier_core::Artifact;
use kettle_verifier_core::emit::Emission;
use kettle_verifier_core::policy::{NotPinned, Pinned};
use kettle_verifier_core::request::Decoded;
use serde::Deserialize;
use serde::de::value::{Error as NoSuchName, StrDeserializer};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::{Answer, Fault, thrown};
use crate::settings::Settings;

/// What is appraised; the fields are those of `schema/bundle.v1.json`, bytes instead of hex.
#[wasm_bindgen]
pub struct Content(Decoded);

#[wasm_bindgen]
impl Content {
    /// Nothing yet, of a kind.
    ///
    /// # Errors
    /// `document` where there is no such kind.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str) -> Answer<Self> {
        Ok(Self(Decoded { kind: named("/kind", kind)?, ..Decoded::default() }))
    }

    /// The bytes of the provenance.
    pub fn provenance(&mut self, bytes: Vec<u8>) {
        self.0.provenance = bytes;
    }

    /// The bytes of the evidence.
    pub fn evidence(&mut self, bytes: Vec<u8>) {
        self.0.evidence = bytes;
    }

    /// How the artifacts were given.
    ///
    /// # Errors
    /// `document` where there is no such mode.
    pub fn mode(&mut self, mode: &str) -> Answer<()> {
        self.0.artifacts.mode = named("/artifacts_mode", mode)?;
        Ok(())
    }

    /// One artifact, already hashed.
    ///
    /// # Errors
    /// `document` where the digest has not 32 bytes.
    pub fn artifact(&mut self, name: String, sha256: Vec<u8>, size: u64) -> Answer<()> {
        let place = format!("/artifacts/{}/sha256", self.0.artifacts.files.len());
        let sha256 = exactly(&place, &sha256)?;
        self.0.artifacts.files.push(Artifact { name, sha256, size });
        Ok(())
    }

    /// One subject that is asked for.
    pub fn subject(&mut self, name: String) {
        self.0.artifacts.subjects.push(name);
    }

    /// One certificate beside it, DER.
    pub fn certificate(&mut self, der: Vec<u8>) {
        self.0.collateral.certificates.push(der);
    }

    /// One revocation list beside it, DER.
    pub fn crl(&mut self, der: Vec<u8>) {
        self.0.collateral.crls.push(der);
    }

    /// One document of Intel's collateral.
    pub fn intel(&mut self, json: Vec<u8>) {
        self.0.collateral.intel.push(json);
    }

    /// The expected report data.
    #[wasm_bindgen(js_name = reportData)]
    pub fn report_data(&mut self, bytes: Vec<u8>) {
        self.0.report_data = Some(bytes);
    }

    /// The expected root over the inputs.
    ///
    /// # Errors
    /// `document` where it has not 32 bytes.
    #[wasm_bindgen(js_name = inputHash)]
    pub fn input_hash(&mut self, bytes: &[u8]) -> Answer<()> {
        self.0.input_hash = Some(exactly("/input_hash", bytes)?);
        Ok(())
    }

    /// The expected root over the outputs.
    ///
    /// # Errors
    /// `document` where it has not 32 bytes.
    #[wasm_bindgen(js_name = outputHash)]
    pub fn output_hash(&mut self, bytes: &[u8]) -> Answer<()> {
        self.0.output_hash = Some(exactly("/output_hash", bytes)?);
        Ok(())
    }

    /// The verdict's JSON.
    ///
    /// # Errors
    /// The code of the setting that was refused, or `not_applicable`.
    pub fn appraise(&self, settings: &Settings) -> Answer<String> {
        self.0.applicable().map_err(thrown)?;
        Ok(settings.terms()?.appraise(&self.0.content()).to_json())
    }

    /// What it claims, as JSON.
    ///
    /// # Errors
    /// As for [`Content::appraise`].
    pub fn inspect(&self, settings: &Settings) -> Answer<String> {
        self.0.applicable().map_err(thrown)?;
        Ok(settings.terms()?.inspect(&self.0.content()))
    }

    /// The text of a policy that pins what was seen; nothing where there is nothing genuine to pin. Empty
    /// is the id that it has otherwise.
    ///
    /// # Errors
    /// As for [`Content::appraise`], and `not_pinned`.
    pub fn pin(
        &self,
        settings: &Settings,
        id: &str,
        registers: Option<Vec<u32>>,
        any_commit: bool,
    ) -> Answer<Option<String>> {
        self.0.applicable().map_err(thrown)?;
        let usual = Pinned::default();
        let id = if id.is_empty() { usual.id } else { id };
        let pinned = Pinned { id, registers: registers.as_deref(), any_commit };
        match settings.terms()?.appraise(&self.0.content()).pin(pinned) {
            Ok(policy) => Ok(Some(policy)),
            Err(NotPinned::NothingGenuine) => Ok(None),
            Err(why) => Err(thrown(why)),
        }
    }

    /// The pins of what was verified, in a format.
    ///
    /// # Errors
    /// As for [`Content::appraise`], and `not_emitted`.
    pub fn emit(
        &self,
        settings: &Settings,
        format: &str,
        dangerously_emit_unverified: bool,
    ) -> Answer<String> {
        self.0.applicable().map_err(thrown)?;
        let emission = Emission { format: named("/format", format)?, dangerously_emit_unverified };
        let (_, emitted) = settings.terms()?.appraise_and_emit(&self.0.content(), emission);
        emitted.map_err(thrown)
    }
}

fn exactly(place: &str, bytes: &[u8]) -> Answer<[u8; 32]> {
    bytes.try_into().map_err(|_| thrown(Fault::document(place, "expected 32 bytes")))
}

fn named<'n, T: Deserialize<'n>>(place: &str, name: &'n str) -> Answer<T> {
    T::deserialize(StrDeserializer::<NoSuchName>::new(name))
        .map_err(|error| thrown(Fault::document(place, &error.to_string())))
}
