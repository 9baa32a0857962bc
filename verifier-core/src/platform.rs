//! Platforms: one folder for each, one word in the registry.
//!
//! A platform turns the evidence object of an envelope into [`Attested`] bytes, and only into that:
//! whatever it says beside them goes through the log as a claim. To add one, write
//! `platform/<tee>/`, export its `PLATFORMS` and add the folder's word to `registry!` below.

pub mod az_snp;
pub mod az_tdx;
pub mod dstack;
pub mod nitro;
pub mod snp;
pub mod tdx;

use alloc::string::String;
use alloc::vec::Vec;

use crate::bundle::Collateral;
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::CheckSpec;

macro_rules! registry {
    ($($folder:ident),* $(,)?) => {
        /// The platforms of every folder, in the order of the registry.
        const REGISTRY: &[&[&dyn Platform]] = &[$($folder::PLATFORMS),*];
    };
}

registry![snp, az_snp, tdx, az_tdx, dstack, nitro];

/// What the checks of a platform are given beside the evidence.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What whoever asks demands.
    pub policy: &'a Policy,
    /// The vendor keys that are trusted.
    pub roots: &'a TrustRoots,
    /// Certificates and lists that lie beside the bundle.
    pub collateral: &'a Collateral,
    /// The time of appraisal.
    pub now: Timestamp,
}

/// One kind of hardware evidence.
pub trait Platform: Sync {
    /// The label in the envelope.
    fn label(&self) -> &'static str;

    /// The label shared by all platforms with the same bytes: `snp` for `gcp-snp`.
    fn family(&self) -> &'static str;

    /// The name for a person, which begins with `a genuine`.
    fn title(&self) -> &'static str;

    /// The tables of checks, in pipeline order.
    fn checks(&self) -> &'static [&'static [&'static CheckSpec]];

    /// The ids of claims that identify the machine, for `machines` in a policy.
    fn identity_claims(&self) -> &'static [&'static str];

    /// The claim that holds the launch digest.
    fn measurement_claim(&self) -> &'static str;

    /// The registers that must be pinned beside the launch digest, where it alone does not name
    /// what ran.
    fn registers(&self) -> Option<&'static Registers> {
        None
    }

    /// Its own checks that only say whether something was pinned, each with what is left open where
    /// the policy names nothing, to follow "you have not said".
    fn pins(&self) -> &'static [(&'static CheckSpec, &'static str)] {
        &[]
    }

    /// What this platform's evidence does not prove, for the verdict.
    fn not_proven(&self) -> &'static [&'static str];

    /// Appraises the evidence up to the attested bytes.
    ///
    /// # Errors
    /// [`Stopped`] when a check failed without which the bytes are not authentic.
    fn authenticate(
        &self,
        evidence: &Value<'_>,
        context: &Context<'_>,
        log: &mut Log<'_>,
    ) -> Result<Attested, Stopped>;
}

/// Measurement registers that name what ran together with the launch digest, and where their claims
/// lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    /// What one is called, such as `PCR`.
    pub name: &'static str,
    /// The claim of a register is this text followed by its index in decimal.
    pub claims: &'static str,
    /// The list of a measurement in a policy that names them.
    pub field: RegisterField,
    /// What a register holds.
    pub digest: RegisterDigest,
    /// The greatest index.
    pub highest: u32,
    /// Those that a measurement must name before it names what ran; empty where any will do.
    pub required: &'static [u32],
    /// What a measurement without them leaves unsaid, to follow "the policy names".
    pub without: &'static str,
}

/// The lists of a measurement in a policy that name registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterField {
    /// `pcrs`.
    Pcrs,
    /// `rtmrs`.
    Rtmrs,
}

/// What a measurement register holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterDigest {
    /// 32 bytes, `sha256` in a policy.
    Sha256,
    /// 48 bytes, `sha384` in a policy.
    Sha384,
}

/// Bytes that the hardware vouches for. Only a platform makes one, from an authentic report.
#[derive(Debug)]
pub struct Attested {
    field: Vec<u8>,
    location: String,
    shape: FieldShape,
    nonce: Option<Vec<u8>>,
    validity: Validity,
    link: EvidenceLink,
}

/// How a platform's field holds the attested bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape {
    /// A field of fixed size, zero-padded on the right: report data of 64 bytes.
    Padded,
    /// A field of the bytes' own size, up to 50: a TPM quote's `extraData`.
    Sized,
    /// A field of the bytes' own size for the digest alone; the nonce has another: `user_data` and
    /// `nonce` of a Nitro document.
    Split,
}

/// The end of the chain that the platform saw: from the attested bytes to the vendor's root.
#[derive(Debug, Clone, Default)]
pub struct EvidenceLink {
    /// The links from the field to the vendor root, nearest first.
    pub links: Vec<crate::verdict::Link>,
}

impl Attested {
    /// Attested bytes. Call it only with a field of a report whose signature was verified up to a
    /// trusted root.
    pub(crate) fn new(
        field: &[u8],
        location: impl Into<String>,
        shape: FieldShape,
        validity: Validity,
        link: EvidenceLink,
    ) -> Self {
        Self { field: field.to_vec(), location: location.into(), shape, nonce: None, validity, link }
    }

    /// The same bytes with the nonce of a [`FieldShape::Split`] field.
    pub(crate) fn with_nonce(mut self, nonce: Option<&[u8]>) -> Self {
        self.nonce = nonce.map(Into::into);
        self
    }

    /// The field's bytes, with their padding.
    #[must_use]
    pub fn field(&self) -> &[u8] {
        &self.field
    }

    /// Where the field lies.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// How the field holds the bytes.
    #[must_use]
    pub fn shape(&self) -> FieldShape {
        self.shape
    }

    /// The nonce beside a [`FieldShape::Split`] field; `None` where none was given.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// The window in which the evidence verifies.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The links from the field to the vendor root.
    #[must_use]
    pub fn links(&self) -> &[crate::verdict::Link] {
        &self.link.links
    }
}

/// The time in which a verdict holds: the meet of every window that was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Validity {
    /// From when on; `None` where nothing bounds it.
    pub from: Option<Timestamp>,
    /// Until when; `None` where nothing bounds it.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// A window with both ends.
    #[must_use]
    pub fn between(from: Timestamp, until: Timestamp) -> Self {
        Self { from: Some(from), until: Some(until) }
    }

    /// The time that lies in both windows.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { from: self.from.max(other.from), until }
    }

    /// Whether a time lies in the window, both ends included.
    #[must_use]
    pub fn contains(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now <= until)
    }
}

/// Every platform.
pub fn all() -> impl Iterator<Item = &'static dyn Platform> {
    REGISTRY.iter().flat_map(|platforms| platforms.iter().copied())
}

/// The platform with this label.
#[must_use]
pub fn find(label: &str) -> Option<&'static dyn Platform> {
    all().find(|platform| platform.label() == label)
}

/// The family of the platform with this label.
#[must_use]
pub fn family(label: &str) -> Option<&'static str> {
    find(label).map(Platform::family)
}

/// Every check there is, those of the common stages and those of all platforms. A check that
/// several platforms share comes several times.
pub fn all_checks() -> impl Iterator<Item = &'static CheckSpec> {
    let shared = [
        crate::envelope::CHECKS,
        crate::appraise::MACHINE_CHECKS,
        crate::binding::CHECKS,
        crate::binding::EXPECTED_CHECKS,
        crate::provenance::CHECKS,
        crate::artifacts::CHECKS,
    ];
    shared.into_iter().flatten().copied().chain(all().flat_map(|platform| {
        let own = platform.checks().iter().flat_map(|table| table.iter());
        own.chain(crate::formats::own_checks(platform.label())).copied()
    }))
}

/// A check and the labels of the platforms that perform it; none where all do.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The check.
    pub spec: &'static CheckSpec,
    /// The labels, in the order of the registry.
    pub platforms: Vec<&'static str>,
}

impl serde::Serialize for Listed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let Self { spec, platforms } = self;
        let mut row = serializer.serialize_struct("Listed", 9)?;
        row.serialize_field("id", spec.id)?;
        row.serialize_field("stage", &spec.stage)?;
        row.serialize_field("title", spec.title)?;
        row.serialize_field("clause", spec.clause)?;
        row.serialize_field("authority", &spec.authority)?;
        row.serialize_field("waivable", &spec.waivable)?;
        row.serialize_field("pins", &spec.pins)?;
        row.serialize_field("mend", spec.mend)?;
        row.serialize_field("platforms", platforms)?;
        row.end()
    }
}

/// Every check or, of one platform, those that it performs.
///
/// # Errors
/// The labels that there are, where this is none of them.
pub fn checks_of(only: Option<&str>) -> Result<Vec<Listed>, String> {
    let labels: Vec<&'static str> = all().map(Platform::label).collect();
    if only.is_some_and(|label| !labels.contains(&label)) {
        return Err(labels.join(", "));
    }
    let performed =
        |row: &Listed| row.platforms.is_empty() || only.is_none_or(|label| row.platforms.contains(&label));
    Ok(catalogue().into_iter().filter(performed).collect())
}

/// Every check once, stage after stage, for the table of all checks.
#[must_use]
pub fn catalogue() -> Vec<Listed> {
    let performs = |platform: &&dyn Platform, spec: &CheckSpec| {
        let formats = crate::formats::own_checks(platform.label());
        let own = platform.checks().iter().flat_map(|table| table.iter());
        own.chain(formats).any(|known| known.id == spec.id)
    };
    let mut listed: Vec<Listed> = Vec::new();
    for spec in all_checks() {
        if listed.iter().all(|known| known.spec.id != spec.id) {
            let performers = all().filter(|platform| performs(platform, spec));
            let at = listed.partition_point(|known| known.spec.stage <= spec.stage);
            listed.insert(at, Listed { spec, platforms: performers.map(Platform::label).collect() });
        }
    }
    listed
}

/// Whether a claim id identifies a machine on some platform.
#[must_use]
pub fn identifies_machine(claim: &str) -> bool {
    all().any(|platform| platform.identity_claims().contains(&claim))
}
