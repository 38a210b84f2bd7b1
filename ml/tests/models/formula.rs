//! Weights and pictures by a formula that `tools/pytorch_reference.py` has too, so that they need not be stored.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use labelwright_ml::{
    models::{ModelSpec, Network},
    weights::{Array, NamedTensors, apply, collect},
};

/// Numbers in [−1, 1): FNV-1a of the name, then splitmix64 of the place, 24 bits.
pub fn numbers(name: &str, count: usize) -> Vec<f32> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let number = |place: u64| {
        let mut z = seed.wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (1..=count as u64).map(number).collect()
}

pub fn picture(batch: usize, side: usize) -> Tensor<4> {
    Tensor::from_data(TensorData::new(numbers("input", batch * 3 * side * side), [batch, 3, side, side]), &Device::flex())
}

/// The network with the formula's weights.
pub fn network(spec: &ModelSpec) -> Network {
    let names = |path: &[&str]| Network::tensor_name(spec, path);
    let network = spec.build(1, &Device::flex()).unwrap();
    let mut tensors = BTreeMap::new();
    for (name, Array { shape, .. }) in collect(&network, &names).unwrap().0 {
        let count: usize = shape.iter().product();
        let scale = |factor: f32, offset: f32| move |value: f32| offset + factor * value;
        let values = numbers(&name, count).into_iter();
        let values = if shape.len() == 4 {
            values.map(scale((2.0 / ((count / shape[0]) as f64).sqrt()) as f32, 0.0)).collect()
        } else if name.ends_with("running_var") || name.ends_with("weight") {
            values.map(scale(0.2, 1.0)).collect()
        } else {
            values.map(scale(0.1, 0.0)).collect()
        };
        tensors.insert(name, Array { shape, values });
    }
    let (network, report) = apply(network, &NamedTensors(tensors), &names);
    report.complete().unwrap();
    network
}

pub fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.try_into_vec_as::<f32>().unwrap()
}

/// The largest difference, as a share of the reference's mean absolute value.
pub fn difference(ours: &[f32], reference: &[f32]) -> f32 {
    assert_eq!(ours.len(), reference.len());
    let mean = reference.iter().map(|value| value.abs()).sum::<f32>() / reference.len() as f32;
    ours.iter().zip(reference).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / mean.max(f32::MIN_POSITIVE)
}
