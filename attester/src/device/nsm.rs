//! `/dev/nsm`: the security module of AWS Nitro Enclaves, which speaks CBOR.
//!
//! The request is `{"Attestation": {"user_data", "nonce", "public_key"}}`, each bytes or null; the response
//! `{"Attestation": {"document": bytes}}` or `{"Error": text}`.

use std::fs::File;
use std::io;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use crate::failure::{Done, Failure};

/// Where the kernel has it.
pub const PLACE: &str = "dev/nsm";

/// Bytes of a response: what the driver takes at most.
const RESPONSE_BYTES: usize = 0x3000;

/// The call to the device, which tests record.
pub trait Port {
    /// One request in CBOR, and how many bytes of response there are.
    ///
    /// # Errors
    /// The system's.
    fn call(&self, request: &[u8], response: &mut [u8]) -> io::Result<usize>;
}

impl Port for File {
    fn call(&self, request: &[u8], response: &mut [u8]) -> io::Result<usize> {
        kettle_attest_ioctl::nsm(self, request, response)
    }
}

/// A document over user data and a nonce.
///
/// # Errors
/// [`Failure`] where the module refuses, or answers with something else.
pub fn document(port: &dyn Port, user_data: &[u8], nonce: Option<&[u8]>) -> Done<Vec<u8>> {
    let request = request(user_data, nonce).map_err(|error| Failure::build(error.to_string()))?;
    let mut response = vec![0; RESPONSE_BYTES];
    let length = port
        .call(&request, &mut response)
        .map_err(|error| Failure::build(format!("`/dev/nsm` refuses a document: {error}")))?;
    let answer = response.get(..length).unwrap_or_default();
    read(answer).map_err(|_| Failure::build("`/dev/nsm` answers with something that is no document"))?
}

fn request(
    user_data: &[u8],
    nonce: Option<&[u8]>,
) -> Result<Vec<u8>, minicbor::encode::Error<core::convert::Infallible>> {
    let mut encoder = Encoder::new(Vec::new());
    encoder.map(1)?.str("Attestation")?.map(3)?.str("user_data")?.bytes(user_data)?.str("nonce")?;
    match nonce {
        Some(nonce) => encoder.bytes(nonce)?,
        None => encoder.null()?,
    };
    encoder.str("public_key")?.null()?;
    Ok(encoder.into_writer())
}

fn read(answer: &[u8]) -> Result<Done<Vec<u8>>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(answer);
    let other = || minicbor::decode::Error::message("another answer");
    one(&mut decoder)?;
    match decoder.str()? {
        "Error" => Ok(Err(Failure::build(format!("`/dev/nsm` refuses a document: `{}`", decoder.str()?)))),
        "Attestation" => {
            one(&mut decoder)?;
            match (decoder.str()?, decoder.datatype()?) {
                ("document", Type::Bytes) => Ok(Ok(decoder.bytes()?.to_vec())),
                // serde writes a list of bytes as an array of numbers.
                ("document", Type::Array) => Ok(Ok(decoder.array_iter::<u8>()?.collect::<Result<_, _>>()?)),
                _ => Err(other()),
            }
        }
        _ => Err(other()),
    }
}

/// A map with one member, or one whose length is open.
fn one(decoder: &mut Decoder<'_>) -> Result<(), minicbor::decode::Error> {
    match decoder.map()? {
        Some(1) | None => Ok(()),
        _ => Err(minicbor::decode::Error::message("another map")),
    }
}
