//! Criterion's view of the same: a whole appraisal, each of its primitives, and another verifier.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kettle_bench::primitives::KINDS;
use kettle_bench::{Peer, Primitives, samples};

fn appraise(criterion: &mut Criterion) {
    for sample in samples().unwrap() {
        let primitives = Primitives::of(&sample).unwrap();
        assert!(primitives.hold(), "{}: a primitive refuses its own signature", sample.name);
        assert_eq!(sample.flaw(), None, "{}", sample.name);
        let mut group = criterion.benchmark_group(&sample.name);
        group.bench_function("whole", |bencher| bencher.iter(|| black_box(sample.appraise())));
        group.bench_function("sum of primitives", |bencher| bencher.iter(|| black_box(primitives.hold())));
        for (name, kind) in KINDS {
            group.bench_function(name, |bencher| bencher.iter(|| black_box(primitives.signatures(kind))));
        }
        group.bench_function("hashes", |bencher| bencher.iter(|| black_box(primitives.hashes())));
        if let Some(peer) = Peer::of(&sample).unwrap() {
            group.bench_function("dcap-qvl", |bencher| bencher.iter(|| black_box(peer.verify())));
        }
        group.finish();
    }
}

criterion_group!(benches, appraise);
criterion_main!(benches);
