//! Losses with their gradients, schedules and optimizers against what PyTorch gave (`tools/training_reference.py`).

use std::collections::BTreeMap;

use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};
use labelwright_data::transform::batch::SegmentationBatch;
use labelwright_ml::{
    models::{
        Output,
        layers::{Conv, ConvShape},
    },
    train::network::{Accumulated, Loss, Ohem, Optimizer, Rule, Schedule, Truth, WarmUp},
    weights::{Array, NamedTensors, apply, collect},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    shape: [usize; 4],
    logits: Vec<f32>,
    masks: Vec<u8>,
    losses: BTreeMap<String, Expected>,
    schedules: BTreeMap<String, Vec<f64>>,
    optimizers: BTreeMap<String, Vec<f32>>,
}

#[derive(Deserialize)]
struct Expected {
    value: f32,
    gradient: Vec<f32>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../fixtures/training.json")).unwrap()
}

fn worst(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn losses_and_their_gradients_are_pytorchs() {
    let reference = reference();
    let [count, classes, height, width] = reference.shape;
    let batch = SegmentationBatch {
        size: [width as u32, height as u32],
        ids: vec![String::new(); count],
        pictures: Vec::new(),
        masks: reference.masks,
        shares: vec![1.0; count],
        other_masks: Vec::new(),
        pad: 0,
    };
    let device = Device::flex();
    let truth = Truth::new(&batch, classes, &device).unwrap();
    let plain = Loss::default();
    let losses = [
        ("plain", plain.clone()),
        ("weighted", Loss { class_weights: vec![0.5, 2.0, 1.0], ..plain.clone() }),
        ("focal", Loss { focal_gamma: 2.0, ..plain.clone() }),
        ("ohem", Loss { ohem: Some(Ohem { threshold: 0.4, least: 8 }), ..plain.clone() }),
        ("dice", Loss { cross_entropy: 0.0, dice: 1.0, ..plain.clone() }),
        ("mixed", plain),
    ];
    assert_eq!(losses.len(), reference.losses.len());
    for (name, loss) in losses {
        let data = TensorData::new(reference.logits.clone(), reference.shape);
        let logits = Tensor::<4>::from_data(data, &device.clone().autodiff()).require_grad();
        let auxiliary = (name == "mixed").then(|| logits.clone() / 2.0);
        let value = loss.of(&Output { logits: logits.clone(), auxiliary }, &truth).unwrap();
        let gradient = logits.grad(&value.backward()).unwrap().try_into_vec_as::<f32>().unwrap();
        let value: f32 = value.without_autodiff().try_into_scalar().unwrap();
        let expected = &reference.losses[name];
        assert!((value - expected.value).abs() < 1e-5, "{name}: {value} and {}", expected.value);
        let worst = worst(&gradient, &expected.gradient);
        assert!(worst < 1e-6, "{name}: the gradients differ by {worst}");
    }
}

#[test]
fn rates_are_those_of_pytorchs_schedulers() {
    let poly = Schedule::Poly { power: 0.9 };
    let rate = |name: &str, step: usize| match name {
        "poly" => poly.factor(step, 20),
        "cosine" => Schedule::Cosine { least: 0.1 }.factor(step, 20),
        "step" => Schedule::Step { every: 7, factor: 0.3 }.factor(step, 20),
        "one_cycle" => Schedule::OneCycle { rising: 0.3 }.factor(step, 20),
        _ => WarmUp { steps: 5, from: 0.1 }.factor(poly, step, 20),
    };
    for (name, expected) in reference().schedules {
        for (step, &theirs) in expected.iter().enumerate() {
            let ours = rate(&name, step);
            assert!((ours - theirs).abs() < 1e-9, "{name}, step {step}: {ours} and {theirs}");
        }
    }
}

#[test]
fn optimizers_take_pytorchs_steps() {
    let own = Optimizer { rate: 0.05, weight_decay: 0.01, clip: 5.0, ..Optimizer::default() };
    for (name, expected) in reference().optimizers {
        let kind = if name == "adamw" { Rule::AdamW } else { Rule::Sgd };
        let settings = Optimizer { kind, nesterov: name == "nesterov", ..own.clone() };
        let device = Device::flex().autodiff();
        let names = |_: &[&str]| Some("w".to_owned());
        let start = Array { shape: vec![4, 1, 1, 1], values: vec![1.0, -2.0, 0.5, 3.0] };
        let conv = Conv::new(ConvShape::new(1, 4, 1), false, &device);
        let (mut conv, _) = apply(conv, &NamedTensors([("w".to_owned(), start)].into()), &names);
        let mut optimizer = settings.build();
        let target = Tensor::<4>::from_data(TensorData::new(vec![0.0f32, 1.0, 0.0, -1.0], [1, 4, 1, 1]), &Device::flex()).autodiff();
        let one = Tensor::<4>::ones([1, 1, 1, 1], &Device::flex()).autodiff();
        for _ in 0..5 {
            // Two halves of the same gradient add up to it, as batches that are accumulated do.
            let mut sum = Accumulated::default();
            for _ in 0..2 {
                let loss = (conv.forward(one.clone()) - target.clone()).square().sum();
                sum.add(&conv, GradientsParams::from_grads(loss.backward(), &conv));
            }
            let (gradients, _) = sum.take(&conv, settings.clip).unwrap();
            conv = optimizer.step(settings.rates(1.0), conv, gradients);
        }
        let ours = collect(&conv.valid(), &names).unwrap().0["w"].values.clone();
        assert!(worst(&ours, &expected) < 1e-5, "{name}: {ours:?} and {expected:?}");
    }
}
