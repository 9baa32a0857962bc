//! A policy in sentences: what will be enforced, said before it is.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{DigestForm, DstackRules, NitroRules, PolicyDocument};

/// One sentence for each demand.
pub(super) fn demands(document: &PolicyDocument) -> Vec<String> {
    let mut said = Vec::new();
    image(document, &mut said);
    origin(document, &mut said);
    machine(document, &mut said);
    exceptions(document, &mut said);
    said
}

fn image(document: &PolicyDocument, said: &mut Vec<String>) {
    match &document.measurements {
        None => said.push("no machine image is named, so the outcome is `unpinned` at best".into()),
        Some(measurements) => {
            for measurement in measurements {
                let pcrs = measurement.pcrs.iter().flatten().count();
                said.push(format!(
                    "machine image `{}` on {}: launch digest {}{}",
                    measurement.id,
                    measurement.platform,
                    measurement.launch_digest,
                    if pcrs == 0 { String::new() } else { format!(" and {pcrs} registers") },
                ));
            }
        }
    }
    if let Some(platforms) = &document.platforms {
        said.push(format!("platform: {}", platforms.join(" or ")));
    }
}

fn origin(document: &PolicyDocument, said: &mut Vec<String>) {
    let mut one_of = |what: &str, values: Option<&Vec<String>>| {
        if let Some(values) = values {
            said.push(format!("{what}: {}", values.join(" or ")));
        }
    };
    let source = document.source.as_ref();
    one_of("source repository", source.and_then(|source| source.uris.as_ref()));
    one_of("source commit", source.and_then(|source| source.commits.as_ref()));
    one_of("source tree", source.and_then(|source| source.trees.as_ref()));
    one_of("builder", document.builders.as_ref());
    if let Some(build_types) = &document.build_types {
        let uris: Vec<&str> = build_types.iter().map(|rule| rule.uri.as_str()).collect();
        said.push(format!("build type: {}", uris.join(" or ")));
    }
    if let Some(layers) = &document.sandbox {
        said.push(format!("sandbox of the build, by the word of whoever attests: {}", layers.join(" and ")));
    }
    if let Some(nonce) = &document.nonce {
        said.push(format!("nonce: {nonce}"));
    }
    if document.digest_forms.as_deref() == Some(&[DigestForm::RawBytes]) {
        said.push("the attested digest must be over the provenance file's bytes".into());
    }
}

fn machine(document: &PolicyDocument, said: &mut Vec<String>) {
    if let Some(generations) = document.snp.as_ref().and_then(|snp| snp.generations.as_ref()) {
        let names: Vec<String> = generations.iter().map(|generation| format!("{generation:?}")).collect();
        said.push(format!("processor generation: {}", names.join(" or ")));
    }
    let vmpl = document.snp.as_ref().and_then(|snp| snp.vmpl.clone()).unwrap_or_else(|| alloc::vec![0]);
    let levels: Vec<String> = vmpl.iter().map(ToString::to_string).collect();
    said.push(format!("SEV-SNP privilege level: {}", levels.join(" or ")));
    tdx(document, said);
    if document.revocation.as_ref().is_some_and(|rules| rules.require == Some(true)) {
        said.push("a current revocation list of the vendor must be there".into());
    }
    if let Some(rules) = &document.dstack {
        dstack(rules, said);
    }
    if let Some(rules) = &document.nitro {
        nitro(rules, said);
    }
    if document.machines.is_some() {
        said.push("the machine's identity is compared with the policy's lists".into());
    }
    if !document.insecure_allow_debug {
        said.push("debug guests are refused".into());
    }
}

fn dstack(rules: &DstackRules, said: &mut Vec<String>) {
    for (what, values) in [
        ("compose hash", &rules.compose_hashes),
        ("application id", &rules.app_ids),
        ("instance id", &rules.instance_ids),
    ] {
        if let Some(values) = values {
            said.push(format!("{what} of dstack: {}", values.join(" or ")));
        }
    }
}

fn nitro(rules: &NitroRules, said: &mut Vec<String>) {
    if let Some(seconds) = rules.maximum_age_seconds {
        said.push(format!("a Nitro document may be {seconds} seconds old"));
    }
    for (what, values) in [("public key", &rules.public_keys), ("nonce", &rules.nonces)] {
        if let Some(values) = values {
            said.push(format!("{what} of the Nitro document: {}", values.join(" or ")));
        }
    }
}

fn tdx(document: &PolicyDocument, said: &mut Vec<String>) {
    let rules = document.tdx.clone().unwrap_or_default();
    if let Some(statuses) = rules.tcb_statuses {
        let names: Vec<&str> = statuses.into_iter().map(super::TcbStatus::name).collect();
        said.push(format!("Intel's status of the platform: {}", names.join(" or ")));
    }
    if let Some(least) = rules.minimum_evaluation_data_number {
        said.push(format!("Intel's collateral is of evaluation {least} or later"));
    }
    if rules.require_event_log == Some(true) {
        said.push("a TD's event log must be there".into());
    }
}

fn exceptions(document: &PolicyDocument, said: &mut Vec<String>) {
    if document.insecure_allow_debug {
        said.push("DANGER: debug guests are taken, whose memory the host can read and write".into());
    }
    for waiver in document.waivers.iter().flatten() {
        said.push(format!("WAIVED: `{}` ({})", waiver.id, waiver.reason));
    }
}
