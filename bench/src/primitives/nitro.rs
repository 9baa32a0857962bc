//! AWS Nitro: the document, and the chain of certificates below the pinned root.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use serde_json::Value;

use super::read::{Found, Signed, base64, signed_by};
use super::{Kind, Primitives, Signature};

pub(super) fn document(evidence: &Value) -> Found<Primitives> {
    let bytes = base64(evidence, "/document")?;
    let wrong = |error: minicbor::decode::Error| error.to_string();
    let (protected, payload, signature) = sign1(&bytes).map_err(wrong)?;
    let (leaf, bundle) = certificates(payload).map_err(wrong)?;
    // `Sig_structure` of RFC 9052, section 4.4.
    let mut message = Encoder::new(Vec::new());
    let written = |encoder: &mut Encoder<Vec<u8>>| {
        encoder.array(4)?.str("Signature1")?.bytes(protected)?.bytes(&[])?.bytes(payload)?;
        Ok::<_, minicbor::encode::Error<core::convert::Infallible>>(())
    };
    written(&mut message).map_err(|error| error.to_string())?;
    let own = Signature {
        kind: Kind::P384,
        key: Signed::of(leaf)?.own_key()?.to_vec(),
        message: message.into_writer(),
        signature: signature.to_vec(),
    };
    let chain = [bundle, vec![leaf]].concat();
    let pairs = chain.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
    let signed: Found<Vec<_>> = pairs.map(|(issuer, one)| signed_by(one, issuer, Kind::P384)).collect();
    let hashed = chain.iter().map(|der| der.to_vec()).collect();
    Ok(Primitives { signatures: [vec![own], signed?].concat(), hashed })
}

type Decoded<T> = Result<T, minicbor::decode::Error>;

/// `[protected, unprotected, payload, signature]`, with or without the tag 18.
fn sign1(bytes: &[u8]) -> Decoded<(&[u8], &[u8], &[u8])> {
    let mut decoder = Decoder::new(bytes);
    if decoder.datatype()? == Type::Tag {
        decoder.tag()?;
    }
    decoder.array()?;
    let protected = decoder.bytes()?;
    decoder.skip()?;
    Ok((protected, decoder.bytes()?, decoder.bytes()?))
}

/// The leaf, and the bundle that begins with the root.
fn certificates(payload: &[u8]) -> Decoded<(&[u8], Vec<&[u8]>)> {
    let mut decoder = Decoder::new(payload);
    let (mut leaf, mut bundle) = (&[][..], Vec::new());
    // Maps and lists of an indefinite length end in a break.
    let more = |decoder: &Decoder<'_>| decoder.datatype().is_ok_and(|next| next != Type::Break);
    let mut entries = decoder.map()?.unwrap_or(u64::MAX);
    while entries > 0 && more(&decoder) {
        entries -= 1;
        match decoder.str()? {
            "certificate" => leaf = decoder.bytes()?,
            "cabundle" => {
                for _ in 0..decoder.array()?.unwrap_or(u64::MAX) {
                    if !more(&decoder) {
                        decoder.skip()?;
                        break;
                    }
                    bundle.push(decoder.bytes()?);
                }
            }
            _ => decoder.skip()?,
        }
    }
    Ok((leaf, bundle))
}
