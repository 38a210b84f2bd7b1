//! EfficientNet-Lite0, 1 and 2 without classifier.
//!
//! The networks are Google's: inverted bottlenecks without squeeze-and-excitation, ReLU6, TensorFlow's 'SAME' padding. Layout and names are those of
//! the PyTorch port on PyPI. Pictures go in as `(byte − 127) / 128`.

use burn::{
    module::Module,
    nn::BatchNormConfig,
    tensor::{Device, Tensor},
};

use super::layers::{Activation, ConvShape, ConvUnit, Padding, Units, unit_name};
use crate::weights::{EFFICIENTNET_LITE0, NamedTensors, WeightsError, apply};

/// Channels of Lite0's levels.
pub const LEVEL_CHANNELS: [usize; 5] = LiteShape::LITE0.levels();

/// Input pixels per feature in each direction, of the same levels, when nothing is dilated.
pub const LEVEL_STRIDES: [usize; 5] = [2, 4, 8, 16, 32];

/// Kernel, stride of the first block and expansion of the seven stages.
const STAGES: [(usize, usize, usize); 7] = [(3, 1, 1), (3, 2, 6), (5, 2, 6), (3, 2, 6), (5, 1, 6), (5, 2, 6), (3, 1, 6)];
/// Stages whose output is a level.
const LEVELS: [usize; 5] = [0, 1, 2, 4, 6];
const STEM: usize = 32;

/// How wide and deep the stages are. The first and the last stage are not made deeper, nor the stem wider, as the paper's authors chose for Lite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiteShape {
    pub repeats: [usize; 7],
    pub channels: [usize; 7],
}

impl LiteShape {
    pub const LITE0: Self = Self { repeats: [1, 2, 2, 3, 3, 4, 1], channels: [16, 24, 40, 80, 112, 192, 320] };
    /// Depth × 1.1.
    pub const LITE1: Self = Self { repeats: [1, 3, 3, 4, 4, 5, 1], channels: [16, 24, 40, 80, 112, 192, 320] };
    /// Depth × 1.2, width × 1.1 in steps of 8.
    pub const LITE2: Self = Self { repeats: [1, 3, 3, 4, 4, 5, 1], channels: [16, 24, 48, 88, 120, 208, 352] };

    /// Channels of the levels that [`EfficientNetLite::forward`] returns.
    #[must_use]
    pub const fn levels(&self) -> [usize; 5] {
        let mut out = [0; 5];
        let mut at = 0;
        while at < 5 {
            out[at] = self.channels[LEVELS[at]];
            at += 1;
        }
        out
    }
}

#[derive(Module, Debug)]
pub struct EfficientNetLite {
    stem: ConvUnit,
    blocks: Vec<InvertedResidual>,
    /// For each block: whether its output is a level.
    #[module(skip)]
    levels: Vec<bool>,
}

#[derive(Module, Debug)]
struct InvertedResidual {
    expand: Option<ConvUnit>,
    depthwise: ConvUnit,
    project: ConvUnit,
    #[module(skip)]
    residual: bool,
}

impl EfficientNetLite {
    /// `output_stride` is 8, 16 or 32: how many input pixels lie between two of the last level's features.
    #[must_use]
    pub fn new(shape: LiteShape, output_stride: usize, device: &Device) -> Self {
        let stem = unit(ConvShape { padding: Padding::Same, ..ConvShape::new(3, STEM, 3).stride(2) }, Activation::Relu6, device);
        let (mut blocks, mut levels, mut inputs, mut reached, mut dilation) = (Vec::new(), Vec::new(), STEM, 2, 1);
        for (stage, (kernel, stage_stride, expansion)) in STAGES.into_iter().enumerate() {
            let outputs = shape.channels[stage];
            for repeat in 0..shape.repeats[stage] {
                let mut stride = if repeat == 0 { stage_stride } else { 1 };
                let own_dilation = dilation;
                if stride == 2 && reached >= output_stride {
                    (stride, dilation) = (1, dilation * 2);
                }
                reached *= stride;
                let spatial = ConvShape::new(inputs * expansion, inputs * expansion, kernel).stride(stride).dilation(own_dilation);
                blocks.push(InvertedResidual::new(inputs, outputs, spatial, device));
                levels.push(LEVELS.contains(&stage) && repeat + 1 == shape.repeats[stage]);
                inputs = outputs;
            }
        }
        Self { stem, blocks, levels }
    }

    /// Lite0 with the ImageNet weights that come with the program.
    ///
    /// # Errors
    /// The embedded weights are damaged.
    pub fn pretrained_lite0(device: &Device) -> Result<Self, WeightsError> {
        Self::lite0_from_safetensors(EFFICIENTNET_LITE0, device)
    }

    /// Lite0 with weights from a safetensors file that uses the names of the published PyTorch port.
    ///
    /// # Errors
    /// The file is unreadable, or a tensor is missing or has another shape.
    pub fn lite0_from_safetensors(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let tensors = NamedTensors::from_safetensors(bytes)?;
        let (network, report) = apply(Self::new(LiteShape::LITE0, 32, device), &tensors, &Self::torch_name);
        report.complete()?;
        Ok(network)
    }

    /// Features of five levels, finest first: strides 2, 4, 8, 16 and 32 where the output stride allows.
    ///
    /// `x` is `[n, 3, height, width]`; sides should be multiples of 32.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Vec<Tensor<4>> {
        let mut x = self.stem.forward(x);
        let mut levels = Vec::with_capacity(LEVELS.len());
        for (block, is_level) in self.blocks.iter().zip(&self.levels) {
            x = block.forward(x);
            if *is_level {
                levels.push(x.clone());
            }
        }
        levels
    }

    /// The port's name of a tensor.
    pub(crate) fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["stem", rest @ ..] => unit_name(rest, "_conv_stem", "_bn0"),
            ["blocks", number, part, rest @ ..] => {
                // Without an expansion the port counts its normalisations in the same way, so the first is just absent.
                let (conv, norm) = match *part {
                    "expand" => ("_expand_conv", "_bn0"),
                    "depthwise" => ("_depthwise_conv", "_bn1"),
                    _ => ("_project_conv", "_bn2"),
                };
                unit_name(rest, &format!("_blocks.{number}.{conv}"), &format!("_blocks.{number}.{norm}"))
            }
            _ => None,
        }
    }
}

impl InvertedResidual {
    fn new(inputs: usize, outputs: usize, spatial: ConvShape, device: &Device) -> Self {
        let hidden = spatial.outputs;
        let spatial = ConvShape { groups: hidden, padding: Padding::Same, ..spatial };
        Self {
            expand: (hidden != inputs).then(|| unit(ConvShape::new(inputs, hidden, 1), Activation::Relu6, device)),
            depthwise: unit(spatial, Activation::Relu6, device),
            project: unit(ConvShape::new(hidden, outputs, 1), Activation::None, device),
            residual: spatial.stride == 1 && inputs == outputs,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let skip = self.residual.then(|| x.clone());
        let x = match &self.expand {
            Some(expand) => expand.forward(x),
            None => x,
        };
        let x = self.project.forward(self.depthwise.forward(x));
        match skip {
            Some(skip) => x + skip,
            None => x,
        }
    }
}

fn unit(shape: ConvShape, activation: Activation, device: &Device) -> ConvUnit {
    ConvUnit::with(shape, activation, BatchNormConfig::new(shape.outputs).with_epsilon(1e-3).with_momentum(0.01), device)
}

impl Units for InvertedResidual {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.expand.units(change);
        self.depthwise.units(change);
        self.project.units(change);
    }
}

impl Units for EfficientNetLite {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.stem.units(change);
        self.blocks.units(change);
    }
}
