//! Rules for AWS Nitro documents.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Checked, expected, filled};
use crate::limits::nsm;
use crate::policy::document::NitroRules;
use crate::text::unhex_any;

pub(super) fn check(rules: &NitroRules) -> Checked {
    fields(rules.public_keys.as_ref(), nsm::PUBLIC_KEY_BYTES, "/nitro/public_keys")?;
    fields(rules.nonces.as_ref(), nsm::NONCE_BYTES, "/nitro/nonces")
}

/// Whole fields, from one byte to as many as the field may have.
fn fields(list: Option<&Vec<String>>, most: usize, at: &str) -> Checked {
    filled(list, at)?;
    for (index, text) in list.into_iter().flatten().enumerate() {
        if unhex_any(text).is_none_or(|bytes| bytes.is_empty() || bytes.len() > most) {
            let what = "lower-case hex, not empty and no longer than the field may be";
            return Err(expected(what).placed(format!("{at}/{index}")));
        }
    }
    Ok(())
}
