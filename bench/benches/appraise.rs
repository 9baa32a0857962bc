//! Criterion's view of the same: a whole appraisal, and each of its primitives.

#![allow(clippy::panic, reason = "a benchmark without its samples can only stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kettle_bench::{Primitives, samples};

fn appraise(criterion: &mut Criterion) {
    let found = samples().unwrap_or_else(|reason| panic!("{reason}"));
    for sample in found {
        let primitives = Primitives::of(&sample).unwrap_or_else(|reason| panic!("{reason}"));
        assert!(primitives.hold(), "{}: a primitive refuses its own signature", sample.name);
        assert_eq!(sample.flaw(), None, "{}", sample.name);
        let mut group = criterion.benchmark_group(&sample.name);
        group.bench_function("whole", |bencher| bencher.iter(|| black_box(sample.appraise())));
        group.bench_function("sum of primitives", |bencher| bencher.iter(|| black_box(primitives.hold())));
        group.bench_function("RSA-4096 PSS", |bencher| bencher.iter(|| black_box(primitives.rsa4096_pss())));
        group.bench_function("P-384", |bencher| bencher.iter(|| black_box(primitives.p384())));
        group.bench_function("RSA-2048 PKCS1", |bencher| {
            bencher.iter(|| black_box(primitives.rsa2048_pkcs1()));
        });
        group.bench_function("hashes", |bencher| bencher.iter(|| black_box(primitives.hashes())));
        group.finish();
    }
}

criterion_group!(benches, appraise);
criterion_main!(benches);
