//! SEV-SNP evidence that must be taken.

use crate::case::{Case, Expect};
use crate::product::{Product, VekKind};
use crate::scene::Scene;

cases![milan];

fn milan() -> Case {
    Case::new(
        "snp/ok-milan",
        "",
        "a Milan machine with a VCEK, report version 3",
        Expect::inconclusive("provenance.statement_type"),
    )
    .why("the sound bundle that other cases of this folder change in one place", "platforms.md, 1 to 11")
    .bundle(&Scene::on(Product::Milan, VekKind::Vcek))
}
