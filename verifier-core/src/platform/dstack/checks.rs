//! The checks of dstack's evidence, in pipeline order. Those of the quote are shared with every TD.

use crate::verdict::{Authority, CheckSpec, Stage, checks};

const CLAUSE: &str = "platforms.md, 24";
const DAMAGED: &str = "fetch the bundle again; the event log is damaged or forged";
const REBUILD: &str = "have the build repeated by an application that the policy names, or change the policy";

checks! {
    /// The envelope's fields.
    EVIDENCE;

    /// The evidence object has exactly the fields of the format.
    LAYOUT = CheckSpec::new(
        "dstack.evidence.layout", Stage::Evidence, Authority::Claim,
        "the evidence has exactly the fields of the format, in their encoding",
        "kettle-bundle.md, evidence.json",
        "fetch the bundle again; the evidence is damaged or forged",
    );
}

checks! {
    /// The event log beside the quote.
    EVENT_LOG;

    /// The log can be read.
    LOG_LAYOUT = CheckSpec::new(
        "dstack.event_log.layout", Stage::Machine, Authority::Claim,
        "the event log is a strict list of events of the four RTMRs, or there is none and the policy demands none",
        CLAUSE,
        "fetch the bundle again; the event log is damaged, or the policy demands one that the build did not record",
    );
    /// Events of the guest are what was measured.
    LOG_DIGESTS = CheckSpec::new(
        "dstack.event_log.digests", Stage::Machine, Authority::Claim,
        "every event of RTMR3, and no other, is one of dstack's, and its digest is that of its type, name and payload",
        CLAUSE, DAMAGED,
    );
    /// The log is that of the registers.
    LOG_REPLAY = CheckSpec::new(
        "dstack.event_log.replay", Stage::Machine, Authority::Hardware,
        "the event log, replayed, gives the four RTMRs of the quote",
        CLAUSE, DAMAGED,
    );
    /// What the system recorded of itself has one reading.
    LOG_SYSTEM = CheckSpec::new(
        "dstack.event_log.system", Stage::Machine, Authority::Hardware,
        "before the application starts, no event of the system stands twice in RTMR3",
        CLAUSE,
        "have the build repeated by a guest that records each of these events once",
    );
}

checks! {
    /// What the policy demands of the application.
    APPLICATION;

    /// The application's compose file.
    COMPOSE_HASH = CheckSpec::new(
        "dstack.policy.compose_hash", Stage::Machine, Authority::Hardware,
        "the application's compose hash is one that the policy names, or the policy names RTMR3 as a whole",
        CLAUSE,
        "compare the compose hash with that of the builder's published compose file, then name it under `dstack.compose_hashes`",
    ).pinning();
    /// The application's id.
    APP_ID = CheckSpec::new(
        "dstack.policy.app_id", Stage::Machine, Authority::Hardware,
        "the application's id is one that the policy names", CLAUSE, REBUILD,
    );
    /// The instance's id.
    INSTANCE_ID = CheckSpec::new(
        "dstack.policy.instance_id", Stage::Machine, Authority::Hardware,
        "the instance's id is one that the policy names", CLAUSE, REBUILD,
    );
}
