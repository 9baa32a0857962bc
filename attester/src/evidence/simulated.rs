//! Evidence of the software TEE: byte-exact, signed by keys that everybody has. A verifier refuses it
//! unless the test root is named.

use kettle_testvectors::scene::Scene;
use kettle_testvectors::trust::TrustRootFile;

use super::{Attested, Attester, Evidence};
use crate::failure::{Done, Failure};

/// The platforms that can be simulated.
pub const SIMULATED: &[&str] = &["snp", "az-snp"];

struct Simulated {
    label: &'static str,
    scene: fn() -> Scene,
}

pub(super) fn of(platform: &str) -> Done<Box<dyn Attester>> {
    let known =
        [Simulated { label: "snp", scene: Scene::snp }, Simulated { label: "az-snp", scene: Scene::azure }];
    let found = known.into_iter().find(|known| known.label == platform);
    found.map(|found| -> Box<dyn Attester> { Box::new(found) }).ok_or_else(|| {
        Failure::usage(format!("`{platform}` can't be simulated; {} can", SIMULATED.join(", ")))
    })
}

impl Attester for Simulated {
    fn label(&self) -> &'static str {
        self.label
    }

    fn attest(&self, attested: &Attested) -> Done<Evidence> {
        let minted = (self.scene)().attest(attested.to_vec());
        Ok(Evidence {
            envelope: minted.evidence,
            beside: Vec::new(),
            test_root: Some(TrustRootFile::sound().json().into_bytes()),
        })
    }
}
