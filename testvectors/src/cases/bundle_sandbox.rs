//! Layers of the builder's sandbox that a policy demands.

use super::bundle_accepted::by_attester;
use crate::case::{Case, Expect};
use crate::provenance::{Generation, Toolchain};
use crate::scene::Scene;

cases![on, another_off, none_said, not_a_list, nothing_demanded];

fn demanding(mut case: Case, layers: &[&str], expect: Expect) -> Case {
    case.expect = expect;
    let layers = layers.iter().map(|layer| (*layer).into()).collect();
    case.why("the provenance states which layers were on, and a policy can demand them", "attester.md, 3")
        .policy(move |policy| policy.sandbox = Some(layers))
}

fn off() -> Expect {
    Expect::fails("provenance.sandbox")
}

fn on() -> Case {
    let title = "the layer that the policy demands was on, beside another";
    demanding(by_attester("bundle/ok-sandbox", title, |_| {}), &["network"], Expect::verified())
}

fn another_off() -> Case {
    let title = "one of the two layers that the policy demands was not on";
    demanding(by_attester("bundle/sandbox-off", title, |_| {}), &["network", "seccomp"], off())
}

fn none_said() -> Case {
    let title = "a layer is demanded, and the builder says nothing of a sandbox";
    let case = Case::new("bundle/sandbox-silent", "P01", title, off());
    demanding(case.bundle(&Scene::azure().built(Generation::F3, Toolchain::Cargo)), &["seccomp"], off())
}

fn not_a_list() -> Case {
    let title = "the layer is demanded, and stands where a list of layers should be";
    let text = r#""sandbox": [
            "mounts",
            "network"
          ]"#;
    let case = by_attester("bundle/sandbox-text", title, |scene| {
        scene.replace(crate::scene::Step::Document, text, r#""sandbox": "network""#);
    });
    demanding(case, &["network"], off())
}

fn nothing_demanded() -> Case {
    let title = "a policy with an empty list of layers, which would demand nothing";
    let case = by_attester("bundle/sandbox-empty", title, |_| {});
    demanding(case, &[], Expect::unreadable_policy("/sandbox"))
}
