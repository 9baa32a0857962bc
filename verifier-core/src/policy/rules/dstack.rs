//! The rules for dstack.

use super::{Checked, hexes};
use crate::policy::document::DstackRules;
use crate::policy::error::PolicyErrorKind;

pub(super) fn check(rules: &DstackRules) -> Checked {
    if *rules == DstackRules::default() {
        return Err(PolicyErrorKind::Empty.placed("/dstack"));
    }
    hexes::<32>(rules.compose_hashes.as_ref(), "/dstack/compose_hashes")?;
    hexes::<20>(rules.app_ids.as_ref(), "/dstack/app_ids")?;
    hexes::<20>(rules.instance_ids.as_ref(), "/dstack/instance_ids")
}
