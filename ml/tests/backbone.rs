//! The backbone against an independent implementation (`tools/reference.py`).

#![allow(clippy::unwrap_used, reason = "a test that fails should stop right there")]

use burn::tensor::{Device, Tensor, TensorData};
use labelwright_ml::models::EfficientNetLite;
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    side: usize,
    levels: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    shape: [usize; 3],
    sum: f64,
    mean_abs: f64,
    places: Vec<usize>,
    values: Vec<f64>,
}

/// The picture of the reference, made by the same formula.
fn picture(side: usize) -> Tensor<4> {
    let mut values = Vec::with_capacity(3 * side * side);
    for c in 0..3 {
        for y in 0..side {
            for x in 0..side {
                let byte = (7 * x + 13 * y + 29 * c + (x * y) % 31) % 256;
                values.push((byte as f32 - 127.0) / 128.0);
            }
        }
    }
    Tensor::from_data(TensorData::new(values, [1, 3, side, side]), &Device::flex())
}

/// The largest difference in any level, as a share of the level's mean absolute value.
fn worst(network: &EfficientNetLite) -> f64 {
    let reference: Reference = serde_json::from_str(include_str!("fixtures/efficientnet_lite0_64.json")).unwrap();
    let levels = network.forward(picture(reference.side));
    assert_eq!(levels.len(), reference.levels.len());
    let mut worst = 0.0f64;
    for (level, expected) in levels.into_iter().zip(&reference.levels) {
        assert_eq!(level.dims()[1..], expected.shape);
        let values = level.try_into_vec_as::<f32>().unwrap();
        let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
        let mean_difference = (sum - expected.sum).abs() / values.len() as f64;
        let difference = expected
            .places
            .iter()
            .zip(&expected.values)
            .map(|(&at, &value)| (f64::from(values[at]) - value).abs())
            .fold(mean_difference, f64::max);
        worst = worst.max(difference / expected.mean_abs);
    }
    worst
}

#[test]
fn embedded_half_precision_weights_give_the_reference_features() {
    let difference = worst(&EfficientNetLite::pretrained_lite0(&Device::flex()).unwrap());
    println!("half precision weights: {difference:.2e}");
    assert!(difference < 2e-2, "{difference}");
}

/// With the unrounded weights the port is exact. The file is not part of the repository, so its path is given.
#[test]
fn single_precision_weights_give_the_reference_features() {
    let Ok(path) = std::env::var("LABELWRIGHT_LITE0_F32") else { return };
    let difference = worst(&EfficientNetLite::lite0_from_safetensors(&std::fs::read(path).unwrap(), &Device::flex()).unwrap());
    println!("single precision weights: {difference:.2e}");
    assert!(difference < 1e-4, "{difference}");
}
