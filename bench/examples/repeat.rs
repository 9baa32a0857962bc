//! Appraises one sample over and over, for a profiler:
//! `valgrind --tool=callgrind target/release/examples/repeat 0 20`.

use kettle_bench::samples;

fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<usize>().unwrap_or(0));
    let (index, times) = (words.next().unwrap_or(0), words.next().unwrap_or(1));
    let samples = samples()?;
    let sample = samples.get(index).ok_or("no sample has this index")?;
    for _ in 0..times {
        std::hint::black_box(sample.appraise());
    }
    println!("{}: {times} times", sample.name);
    Ok(())
}
