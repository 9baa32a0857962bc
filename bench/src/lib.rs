//! Samples to measure, and the primitives that each of them can't do without.

pub mod primitives;
pub mod sample;

pub use primitives::Primitives;
pub use sample::{Sample, samples};
