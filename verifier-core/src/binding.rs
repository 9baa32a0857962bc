//! Stub.
use crate::json::Value;
use crate::log::{Finding, Log, Stopped};
use crate::platform::Attested;
use crate::policy::Policy;
use crate::verdict::{Authority, CheckSpec, Stage, checks};
checks! {
    /// The checks that bind the attested bytes to the provenance.
    CHECKS;
    /// Strict JSON.
    PROVENANCE_JSON = CheckSpec::new("binding.provenance_json", Stage::Binding, Authority::Claim, "provenance.json is one strict JSON object", "kettle-bundle.md", "fetch the bundle again");
}
checks! {
    /// Evidence alone.
    EXPECTED_CHECKS;
    /// Expected report data.
    REPORT_DATA = CheckSpec::new("binding.report_data", Stage::Binding, Authority::Hardware, "the attested bytes are those expected", "kettle-bundle.md", "say which report data you expect").pinning();
}
pub(crate) fn provenance<'a>(
    _attested: &Attested,
    bytes: &'a [u8],
    _policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Value<'a>, Stopped> {
    log.obtain(&PROVENANCE_JSON, crate::envelope::provenance_document(bytes))
}
pub(crate) fn expected(_attested: &Attested, _expected: Option<&[u8]>, log: &mut Log<'_>) {
    log.unnamed(&REPORT_DATA, Finding::default());
}
