//! Samples to measure, the primitives that each of them can't do without, and another verifier.

pub mod peer;
pub mod primitives;
pub mod sample;

pub use peer::Peer;
pub use primitives::Primitives;
pub use sample::{Sample, samples};
