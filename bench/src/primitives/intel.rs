//! Intel TDX: the quote, the QE report, the PCK chain, and the collateral where there is some. The
//! root is pinned, and the TCB signing certificate is the same for both documents.

use serde_json::Value;

use super::read::{Found, Signed, base64, hex, number, part, pem, signed_by, text};
use super::{Kind, Primitives, Signature};

const HEADER: usize = 48;
/// A body without descriptor, in quotes of version 4.
const BODY: usize = 584;
const QE_REPORT: usize = 384;

pub(super) fn bare(evidence: &Value) -> Found<Primitives> {
    signatures(&base64(evidence, "/quote")?, evidence.get("collateral"))
}

pub(super) fn dstack(evidence: &Value) -> Found<Primitives> {
    let quote = hex(evidence, "/quote").or_else(|_| base64(evidence, "/quote"))?;
    signatures(&quote, evidence.get("collateral"))
}

pub(super) fn signatures(quote: &[u8], collateral: Option<&Value>) -> Found<Primitives> {
    let end = match number(quote, 0, 2)? {
        4 => HEADER + BODY,
        _ => HEADER + 6 + number(quote, HEADER + 2, 4)?,
    };
    // Length, signature, key, certification data of type 6 with its length.
    let (signature, key, qe) = (end + 4, end + 68, end + 138);
    let attestation_key = part(quote, key, 64)?;
    let authentication = number(quote, qe + QE_REPORT + 64, 2)?;
    let chain = qe + QE_REPORT + 66 + authentication;
    let chain_length = number(quote, chain + 2, 4)?;
    let chain = pem(&String::from_utf8_lossy(part(quote, chain + 6, chain_length)?))?;
    let [pck, ca, root] = chain.as_slice() else { return Err("another chain".into()) };
    let over = |key: Vec<u8>, message: &[u8], signature: &[u8]| Signature {
        kind: Kind::P256,
        key,
        message: message.to_vec(),
        signature: signature.to_vec(),
    };
    let mut signatures = vec![
        over([&[4], attestation_key].concat(), part(quote, 0, end)?, part(quote, signature, 64)?),
        over(
            Signed::of(pck)?.own_key()?.to_vec(),
            part(quote, qe, QE_REPORT)?,
            part(quote, qe + QE_REPORT, 64)?,
        ),
        signed_by(pck, ca, Kind::P256)?,
        signed_by(ca, root, Kind::P256)?,
    ];
    if let Some(collateral) = collateral {
        let signer = pem(text(collateral, "/tcb_info_issuer_chain")?)?;
        let signer = signer.first().ok_or("no TCB signing certificate")?;
        let key = Signed::of(signer)?.own_key()?;
        let document = |name: &str| {
            let signature = hex(collateral, &format!("/{name}_signature"))?;
            Found::Ok(over(key.to_vec(), text(collateral, &format!("/{name}"))?.as_bytes(), &signature))
        };
        signatures.extend([
            signed_by(&hex(collateral, "/root_ca_crl")?, root, Kind::P256)?,
            signed_by(&hex(collateral, "/pck_crl")?, ca, Kind::P256)?,
            signed_by(signer, root, Kind::P256)?,
            document("tcb_info")?,
            document("qe_identity")?,
        ]);
    }
    // The certificates for their fingerprints, and what the QE report vouches for.
    let bound = [attestation_key, part(quote, qe + QE_REPORT + 66, authentication)?].concat();
    Ok(Primitives { signatures, hashed: [chain, vec![bound]].concat() })
}
