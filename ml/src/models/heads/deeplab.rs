//! The heads of DeepLabV3 and DeepLabV3+: atrous spatial pyramid pooling, with or without a decoder.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig},
    tensor::{Device, Tensor},
};

use crate::models::layers::{Conv, ConvShape, ConvUnit, Units, resized, unit_name};

const WIDTH: usize = 256;
/// Channels that the decoder takes of the features at stride 4.
const LOW_WIDTH: usize = 48;

/// Atrous spatial pyramid pooling: the same features seen at several dilations, and their mean, side by side.
#[derive(Module, Debug)]
struct Aspp {
    /// 1×1, then 3×3 at three dilations.
    branches: Vec<ConvUnit>,
    mean: ConvUnit,
    project: ConvUnit,
    dropout: Dropout,
    align_corners: bool,
}

impl Aspp {
    fn new(inputs: usize, rates: [usize; 3], align_corners: bool, device: &Device) -> Self {
        let unit = |inputs, kernel, dilation| ConvUnit::new(ConvShape::new(inputs, WIDTH, kernel).dilation(dilation), device);
        let dilated = rates.into_iter().map(|rate| unit(inputs, 3, rate));
        Self {
            branches: std::iter::once(unit(inputs, 1, 1)).chain(dilated).collect(),
            mean: unit(inputs, 1, 1),
            project: unit(5 * WIDTH, 1, 1),
            dropout: DropoutConfig::new(0.5).init(),
            align_corners,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let mut parts: Vec<Tensor<4>> = self.branches.iter().map(|branch| branch.forward(x.clone())).collect();
        let mean = self.mean.forward(x.mean_dim(3).mean_dim(2));
        parts.push(resized(mean, [height, width], self.align_corners));
        self.dropout.forward(self.project.forward(Tensor::cat(parts, 1)))
    }

    /// torchvision's `ASPP`.
    fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["branches", number, rest @ ..] => unit_name(rest, &format!("convs.{number}.0"), &format!("convs.{number}.1")),
            ["mean", rest @ ..] => unit_name(rest, "convs.4.1", "convs.4.2"),
            ["project", rest @ ..] => unit_name(rest, "project.0", "project.1"),
            _ => None,
        }
    }
}

impl Units for Aspp {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.branches.units(change);
        self.mean.units(change);
        self.project.units(change);
    }
}

/// DeepLabV3's head: pyramid, 3×3 convolution, class scores.
#[derive(Module, Debug)]
pub struct DeepLabHead {
    aspp: Aspp,
    refine: ConvUnit,
    scores: Conv,
}

impl DeepLabHead {
    #[must_use]
    pub fn new(inputs: usize, classes: usize, rates: [usize; 3], align_corners: bool, device: &Device) -> Self {
        Self {
            aspp: Aspp::new(inputs, rates, align_corners, device),
            refine: ConvUnit::new(ConvShape::new(WIDTH, WIDTH, 3), device),
            scores: Conv::new(ConvShape::new(WIDTH, classes, 1), true, device),
        }
    }

    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.scores.forward(self.refine.forward(self.aspp.forward(x)))
    }

    /// torchvision's `DeepLabHead`.
    pub(crate) fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["aspp", rest @ ..] => Some(format!("0.{}", Aspp::torch_name(rest)?)),
            ["refine", rest @ ..] => unit_name(rest, "1", "2"),
            ["scores", tensor] => Some(format!("4.{tensor}")),
            _ => None,
        }
    }
}

impl Units for DeepLabHead {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.aspp.units(change);
        self.refine.units(change);
    }
}

/// DeepLabV3+'s head: the pyramid enlarged to stride 4, joined with 48 channels of the features there, two 3×3 convolutions, class scores.
#[derive(Module, Debug)]
pub struct DeepLabPlusHead {
    aspp: Aspp,
    low: ConvUnit,
    refine: Vec<ConvUnit>,
    dropout: Dropout,
    scores: Conv,
    align_corners: bool,
}

impl DeepLabPlusHead {
    #[must_use]
    pub fn new([low, deep]: [usize; 2], classes: usize, rates: [usize; 3], align_corners: bool, device: &Device) -> Self {
        let refine = |inputs| ConvUnit::new(ConvShape::new(inputs, WIDTH, 3), device);
        Self {
            aspp: Aspp::new(deep, rates, align_corners, device),
            low: ConvUnit::new(ConvShape::new(low, LOW_WIDTH, 1), device),
            refine: vec![refine(WIDTH + LOW_WIDTH), refine(WIDTH)],
            dropout: DropoutConfig::new(0.1).init(),
            scores: Conv::new(ConvShape::new(WIDTH, classes, 1), true, device),
            align_corners,
        }
    }

    #[must_use]
    pub fn forward(&self, low: Tensor<4>, deep: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = low.dims();
        let context = resized(self.aspp.forward(deep), [height, width], self.align_corners);
        let x = Tensor::cat(vec![self.low.forward(low), context], 1);
        let x = self.refine.iter().fold(x, |x, unit| unit.forward(x));
        self.scores.forward(self.dropout.forward(x))
    }

    /// The layout that is usual in PyTorch: `project` for the low features, `aspp`, and a `classifier` of two convolutions and the scores.
    pub(crate) fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["aspp", rest @ ..] => Some(format!("aspp.{}", Aspp::torch_name(rest)?)),
            ["low", rest @ ..] => unit_name(rest, "project.0", "project.1"),
            ["refine", "0", rest @ ..] => unit_name(rest, "classifier.0", "classifier.1"),
            ["refine", _, rest @ ..] => unit_name(rest, "classifier.3", "classifier.4"),
            ["scores", tensor] => Some(format!("classifier.7.{tensor}")),
            _ => None,
        }
    }
}

impl Units for DeepLabPlusHead {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.aspp.units(change);
        self.low.units(change);
        self.refine.units(change);
    }
}
