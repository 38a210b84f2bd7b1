//! What PyTorch gave for weights made by a formula (`tools/pytorch_reference.py golden`), recorded so that it is checked everywhere.

use std::collections::BTreeMap;

use labelwright_ml::models::{ModelSpec, SegmentationModel};
use serde::Deserialize;

use crate::formula::{network, picture, values};

#[derive(Deserialize)]
struct Reference {
    classes: usize,
    side: usize,
    models: BTreeMap<String, BTreeMap<String, Expected>>,
}

#[derive(Deserialize)]
struct Expected {
    sum: f64,
    mean_abs: f64,
    places: Vec<usize>,
    values: Vec<f64>,
}

#[test]
fn every_kind_of_network_gives_pytorchs_scores() {
    let reference: Reference = serde_json::from_str(include_str!("../fixtures/pytorch.json")).unwrap();
    assert_eq!(reference.models.len(), 10);
    for (name, expected) in reference.models {
        let spec = ModelSpec::named(&name, reference.classes).unwrap();
        let output = network(&spec).forward(picture(1, reference.side));
        assert_eq!(output.auxiliary.is_some(), expected.contains_key("aux"), "{name}");
        let mut worst = check(&values(output.logits), &expected["out"]);
        if let Some(auxiliary) = output.auxiliary {
            worst = worst.max(check(&values(auxiliary), &expected["aux"]));
        }
        println!("{name}: {worst:.1e}");
        assert!(worst < 1e-4, "{name}: {worst}");
    }
}

/// The largest difference, as a share of the mean absolute value.
fn check(values: &[f32], expected: &Expected) -> f64 {
    let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
    let places = expected.places.iter().zip(&expected.values).map(|(&at, &value)| (f64::from(values[at]) - value).abs());
    places.fold((sum - expected.sum).abs() / values.len() as f64, f64::max) / expected.mean_abs
}
