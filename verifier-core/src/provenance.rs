//! Stub.
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::policy::Policy;
use crate::verdict::{Authority, CheckSpec, Stage, checks};
checks! {
    /// The checks of the provenance document.
    CHECKS;
    /// Statement type.
    STATEMENT_TYPE = CheckSpec::new("provenance.statement_type", Stage::Provenance, Authority::Provenance, "t", "c", "m");
}
/// The statement.
#[derive(Debug)]
pub struct Statement {}
pub(crate) fn appraise(
    _document: &Value<'_>,
    _policy: &Policy,
    _log: &mut Log<'_>,
) -> Result<Statement, Stopped> {
    Ok(Statement {})
}
