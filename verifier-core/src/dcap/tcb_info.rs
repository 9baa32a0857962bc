//! Intel's TCB info for one kind of platform: the levels of its firmware, highest first, and the TDX
//! modules that Intel signed.
//!
//! Intel PCS API v4, TCB info, version 3. What is signed and unknown is tolerated: Intel adds fields.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::extensions::PckExtensions;
use super::fields::{Standing, SvnLevel, array, hex, member, number, svn_levels, text, window};
use super::signed::AuthenticText;
use super::status;
use crate::json::{self, Value};
use crate::limits::COLLATERAL_BYTES;
use crate::log::Finding;
use crate::platform::Validity;
use crate::time::Timestamp;

/// A TCB info whose bytes Intel signed.
pub(super) struct TcbInfo {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) window: Validity,
    pub(super) fmspc: [u8; 6],
    pub(super) pce_id: [u8; 2],
    pub(super) evaluation: u32,
    pub(super) levels: Vec<Level>,
    /// For modules of version 0.
    pub(super) module: Module,
    pub(super) modules: Vec<VersionedModule>,
}

/// One level: a platform meets it where none of its numbers is below.
pub(super) struct Level {
    pub(super) sgx: [u8; 16],
    pub(super) pce_svn: u16,
    pub(super) tdx: [u8; 16],
    pub(super) standing: Standing,
}

/// Who signed a TDX module, and what its attributes must be.
pub(super) struct Module {
    pub(super) signer: [u8; 48],
    pub(super) attributes: [u8; 8],
    pub(super) mask: [u8; 8],
}

/// A module of a version other than 0, which has levels of its own.
pub(super) struct VersionedModule {
    pub(super) id: String,
    pub(super) module: Module,
    pub(super) levels: Vec<SvnLevel>,
}

impl Level {
    /// The order of Intel's own library: the SGX components, then PCESVN, then the TDX components.
    fn order(&self, other: &Self) -> Ordering {
        self.sgx.cmp(&other.sgx).then(self.pce_svn.cmp(&other.pce_svn)).then_with(|| self.tdx.cmp(&other.tdx))
    }
}

impl TcbInfo {
    /// Whether each level is above the one after it.
    pub(super) fn descends(&self) -> bool {
        self.levels.is_sorted_by(|higher, lower| higher.order(lower) == Ordering::Greater)
    }

    /// The module of a version other than 0.
    pub(super) fn module_of(&self, version: u8) -> Option<&VersionedModule> {
        let id = format!("TDX_{version:02X}");
        self.modules.iter().find(|module| module.id.eq_ignore_ascii_case(&id))
    }
}

/// Reads a TCB info.
pub(super) fn read(text: &AuthenticText<'_>) -> Result<(TcbInfo, Finding), Finding> {
    let expected = "a TCB info of Intel's form";
    let value = json::parse(text.bytes(), COLLATERAL_BYTES)
        .map_err(|error| Finding::new(expected, error.to_string()).at("tcb_info"))?;
    match document(&value) {
        Ok(info) => {
            let finding = Finding::new(expected, format!("{} levels", info.levels.len())).at("tcb_info");
            Ok((info, finding))
        }
        Err(found) => Err(Finding::new(expected, found).at("tcb_info")),
    }
}

/// How well an unread TCB info fits a platform and a time: 0 not at all, 1 it can be read, 2 it is
/// for the platform, 3 and current.
pub(super) fn fit(text: &str, pck: &PckExtensions, now: Timestamp) -> u8 {
    let Ok(value) = json::parse(text.as_bytes(), COLLATERAL_BYTES) else { return 0 };
    match (hex::<6>(&value, "fmspc"), window(&value)) {
        (Ok(fmspc), _) if fmspc != pck.fmspc => 1,
        (Ok(_), Ok(window)) if window.contains(now) => 3,
        (Ok(_), _) => 2,
        (Err(_), _) => 1,
    }
}

/// The kind of platform that an unread TCB info says it is for: FMSPC and PCE-ID.
pub(super) fn platform(text: &str) -> Option<([u8; 6], [u8; 2])> {
    let value = json::parse(text.as_bytes(), COLLATERAL_BYTES).ok()?;
    Some((hex(&value, "fmspc").ok()?, hex(&value, "pceId").ok()?))
}

fn document(value: &Value<'_>) -> Result<TcbInfo, String> {
    // Which version this is decides how the rest reads; the check of the version says more.
    let version = number(value, "version")?;
    let id = text(value, "id")?;
    if number::<u8>(value, "tcbType")? != 0 {
        return Err("`tcbType` is not 0".into());
    }
    let modules = match value.get("tdxModuleIdentities") {
        None => Vec::new(),
        Some(_) => modules(value)?,
    };
    Ok(TcbInfo {
        id: id.into(),
        version,
        window: window(value)?,
        fmspc: hex(value, "fmspc")?,
        pce_id: hex(value, "pceId")?,
        evaluation: number(value, "tcbEvaluationDataNumber")?,
        levels: array(value, "tcbLevels")?.iter().map(level).collect::<Result<_, _>>()?,
        module: module(member(value, "tdxModule")?)?,
        modules,
    })
}

fn modules(value: &Value<'_>) -> Result<Vec<VersionedModule>, String> {
    let mut found: Vec<VersionedModule> = Vec::new();
    for entry in array(value, "tdxModuleIdentities")? {
        let id = text(entry, "id")?;
        if found.len() > 255 || found.iter().any(|known| known.id.eq_ignore_ascii_case(id)) {
            return Err(format!("the module `{id}` twice, or too many of them"));
        }
        let levels = svn_levels(entry, status::OF_MODULE)?;
        found.push(VersionedModule { id: id.into(), module: module(entry)?, levels });
    }
    Ok(found)
}

fn module(value: &Value<'_>) -> Result<Module, String> {
    Ok(Module {
        signer: hex(value, "mrsigner")?,
        attributes: hex(value, "attributes")?,
        mask: hex(value, "attributesMask")?,
    })
}

fn level(value: &Value<'_>) -> Result<Level, String> {
    let tcb = member(value, "tcb")?;
    Ok(Level {
        sgx: components(tcb, "sgxtcbcomponents")?,
        pce_svn: number(tcb, "pcesvn")?,
        tdx: components(tcb, "tdxtcbcomponents")?,
        standing: Standing::read(value, status::OF_PLATFORM)?,
    })
}

fn components(tcb: &Value<'_>, name: &str) -> Result<[u8; 16], String> {
    let levels: Vec<u8> =
        array(tcb, name)?.iter().map(|component| number(component, "svn")).collect::<Result<_, _>>()?;
    let count = levels.len();
    levels.try_into().map_err(|_| format!("`{name}` has {count} components and not 16"))
}
