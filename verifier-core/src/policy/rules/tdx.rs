//! The rules for Intel TDX.

use super::{Checked, expected, filled, hexes};
use crate::policy::document::{TcbStatus, TdxRules};
use crate::text::unhex;

pub(super) fn check(rules: &TdxRules) -> Checked {
    filled(rules.quote_versions.as_ref(), "/tdx/quote_versions")?;
    if rules.quote_versions.iter().flatten().any(|version| !(4..=5).contains(version)) {
        return Err(expected("versions 4 and 5").placed("/tdx/quote_versions"));
    }
    filled(rules.tcb_statuses.as_ref(), "/tdx/tcb_statuses")?;
    if rules.tcb_statuses.iter().flatten().any(|status| *status == TcbStatus::Revoked) {
        return Err(
            expected("statuses other than `Revoked`, which no policy takes").placed("/tdx/tcb_statuses")
        );
    }
    filled(rules.tolerate_attribute_bits.as_ref(), "/tdx/tolerate_attribute_bits")?;
    // The bits below 8 say that the host can look into the TD.
    if rules.tolerate_attribute_bits.iter().flatten().any(|bit| !(8..=63).contains(bit)) {
        return Err(expected("bits from 8 to 63").placed("/tdx/tolerate_attribute_bits"));
    }
    hexes::<8>(rules.xfam.as_ref(), "/tdx/xfam")?;
    if rules.xfam_mask.as_deref().is_some_and(|mask| unhex::<8>(mask).is_none_or(|mask| mask == [0; 8])) {
        return Err(expected("8 bytes of lower-case hex, not all zero").placed("/tdx/xfam_mask"));
    }
    if rules.xfam_mask.is_some() && rules.xfam.is_none() {
        return Err(expected("`xfam`, without which nothing is compared").placed("/tdx/xfam_mask"));
    }
    hexes::<48>(rules.service_tds.as_ref(), "/tdx/service_tds")?;
    hexes::<48>(rules.mr_seams.as_ref(), "/tdx/mr_seams")?;
    hexes::<48>(rules.mr_config_ids.as_ref(), "/tdx/mr_config_ids")?;
    hexes::<48>(rules.mr_owners.as_ref(), "/tdx/mr_owners")?;
    hexes::<48>(rules.mr_owner_configs.as_ref(), "/tdx/mr_owner_configs")
}
