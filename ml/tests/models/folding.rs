//! Folded networks are the same function; strided 1×1 convolutions and their gradients are those of a convolution.

use burn::tensor::{Device, Tensor, TensorData, module::conv2d, ops::ConvOptions};
use labelwright_ml::models::{
    ModelSpec, SegmentationModel,
    layers::{Conv, ConvShape},
};

use crate::formula::{difference, network, numbers, picture, values};

#[test]
fn folding_changes_nothing_but_speed() {
    for name in ["fcn_resnet18", "psp_resnet18", "deeplabv3_resnet50", "deeplabv3plus_efficientnet_lite0", "fcn_efficientnet_lite2"] {
        let network = network(&ModelSpec::named(name, 3).unwrap());
        let before = values(network.forward(picture(1, 64)).logits);
        let folded = network.folded();
        let after = folded.forward(picture(1, 64));
        assert!(after.auxiliary.is_none());
        let worst = difference(&values(after.logits), &before);
        assert!(worst < 1e-4, "{name}: {worst}");
        assert_eq!(values(network.forward(picture(1, 64)).logits), before, "{name}: the original must stay as it was");
    }
}

#[test]
fn a_strided_pointwise_convolution_is_a_convolution() {
    let device = Device::flex().autodiff();
    let tensor = |name: &str, shape: [usize; 4]| {
        Tensor::<4>::from_data(TensorData::new(numbers(name, shape.iter().product()), shape), &device).require_grad()
    };
    let shape = ConvShape::new(3, 4, 1).stride(2);
    let (x, weight) = (tensor("x", [2, 3, 7, 6]), tensor("weight", [4, 3, 1, 1]));
    let conv = Conv::new(shape, false, &device);
    let names = |_: &[&str]| Some("weight".to_owned());
    let array = labelwright_ml::weights::Array { shape: vec![4, 3, 1, 1], values: numbers("weight", 12) };
    let tensors = labelwright_ml::weights::NamedTensors([("weight".to_owned(), array)].into());
    let (conv, _) = labelwright_ml::weights::apply(conv, &tensors, &names);
    let ours = conv.forward(x.clone());
    let theirs = conv2d(x.clone(), weight, None, ConvOptions::new([2; 2], [0; 2], [1; 2], 1));
    assert_eq!(ours.dims(), theirs.dims());
    let gradient = |y: Tensor<4>| x.grad(&(y.clone() * y).sum().backward()).unwrap();
    let (a, b) = (values(gradient(ours.clone())), values(gradient(theirs.clone())));
    assert!(difference(&values(ours.without_autodiff()), &values(theirs.without_autodiff())) < 1e-5);
    assert!(difference(&a, &b) < 1e-5);
}
