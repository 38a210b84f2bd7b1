//! How long networks take: CPU milliseconds of one forward pass at 256×256, as built and folded, middle of three. `tools/pytorch_reference.py speed`
//! prints PyTorch's.
//!
//! `cargo run --release -p labelwright-ml --example networks -- [NAME …]`

#![recursion_limit = "256"]

use std::{env, error::Error, fs, time::Instant};

use burn::tensor::Tensor;
use labelwright_ml::{
    Device,
    models::{ModelSpec, Network, SegmentationModel, names},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut wanted: Vec<String> = env::args().skip(1).collect();
    if wanted.is_empty() {
        wanted = names();
    }
    for name in wanted {
        let network = ModelSpec::named(&name, 5)?.build(1, &Device::flex())?;
        let (plain, folded) = (measured(&network)?, measured(&network.folded())?);
        println!("{name:34} {:6.0} ms, CPU {:6.0} ms; folded {:6.0} ms, CPU {:6.0} ms", plain.0, plain.1, folded.0, folded.1);
    }
    Ok(())
}

/// Milliseconds by the clock and of the CPU.
fn measured(network: &Network) -> Result<(f64, f64), Box<dyn Error>> {
    let images = Tensor::<4>::ones([1, 3, 256, 256], &Device::flex());
    let mut runs = Vec::new();
    for _ in 0..4 {
        let (start, cpu) = (Instant::now(), cpu_milliseconds());
        let scores = network.forward(images.clone()).logits;
        scores.sum().try_into_scalar::<f32>().map_err(|error| error.to_string())?;
        runs.push((start.elapsed().as_secs_f64() * 1e3, cpu_milliseconds() - cpu));
    }
    // The first one warms up.
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = runs[1..].iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[1]
    };
    Ok((middle(|run| run.0), middle(|run| run.1)))
}

/// CPU time of this process so far, in steps of 10 ms. Linux only, elsewhere 0.
fn cpu_milliseconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].into_iter().filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum::<f64>() * 10.0
}
