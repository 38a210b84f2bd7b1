//! ResNet-18, 34, 50 and 101 (He et al. 2015) without classifier, with dilation instead of the last strides (Yu and Koltun 2015).
//!
//! Layout and names are torchvision's; its bottlenecks have their stride in the 3×3 convolution.

use burn::{
    module::Module,
    nn::BatchNormConfig,
    tensor::{Device, Tensor, activation::relu, module::max_pool2d, ops::MaxPoolOptions},
};

use super::layers::{Activation, ConvShape, ConvUnit, Units, unit_name};

/// Residual units of each layer, and whether they are bottlenecks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResNetShape {
    pub repeats: [usize; 4],
    pub bottleneck: bool,
}

impl ResNetShape {
    /// Output channels of each layer.
    #[must_use]
    pub fn channels(self) -> [usize; 4] {
        [64, 128, 256, 512].map(|width| if self.bottleneck { 4 * width } else { width })
    }
}

#[derive(Module, Debug)]
pub struct ResNet {
    /// The convolutions before the first one in the 'deep stem' that GluonCV uses; none in torchvision's networks.
    stem: Vec<ConvUnit>,
    conv1: ConvUnit,
    layers: Vec<Vec<Residual>>,
}

#[derive(Module, Debug)]
struct Residual {
    convs: Vec<ConvUnit>,
    downsample: Option<ConvUnit>,
}

impl ResNet {
    /// `output_stride` is 8, 16 or 32: how many input pixels lie between two of the last layer's features.
    #[must_use]
    pub fn new(shape: ResNetShape, output_stride: usize, deep_stem: bool, device: &Device) -> Self {
        let unit = |inputs, outputs, stride| ConvUnit::new(ConvShape::new(inputs, outputs, 3).stride(stride), device);
        let (stem, conv1, mut inputs) = if deep_stem {
            (vec![unit(3, 64, 2), unit(64, 64, 1)], unit(64, 128, 1), 128)
        } else {
            (Vec::new(), ConvUnit::new(ConvShape::new(3, 64, 7).stride(2), device), 64)
        };
        let (mut layers, mut reached, mut dilation) = (Vec::new(), 4, 1);
        for (layer, repeats) in shape.repeats.into_iter().enumerate() {
            // The first unit keeps the dilation that its input was made with.
            let (mut stride, first_dilation) = (1, dilation);
            if layer > 0 {
                if reached < output_stride {
                    (stride, reached) = (2, reached * 2);
                } else {
                    dilation *= 2;
                }
            }
            let width = 64 << layer;
            let mut units = Vec::with_capacity(repeats);
            for repeat in 0..repeats {
                let (stride, dilation) = if repeat == 0 { (stride, first_dilation) } else { (1, dilation) };
                units.push(Residual::new(inputs, width, shape.bottleneck, stride, dilation, device));
                inputs = shape.channels()[layer];
            }
            layers.push(units);
        }
        Self { stem, conv1, layers }
    }

    /// The outputs of the four layers.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Vec<Tensor<4>> {
        let x = self.stem.iter().fold(x, |x, unit| unit.forward(x));
        let mut pooling = MaxPoolOptions::new([3, 3]).with_stride([2, 2]);
        pooling.padding = [(1, 1); 2];
        let mut x = max_pool2d(self.conv1.forward(x), pooling);
        let mut outputs = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            x = layer.iter().fold(x, |x, unit| unit.forward(x));
            outputs.push(x.clone());
        }
        outputs
    }

    /// torchvision's name of a tensor; `deep_stem` as when the network was made.
    pub(crate) fn torch_name(path: &[&str], deep_stem: bool) -> Option<String> {
        match path {
            ["stem", "0", rest @ ..] => unit_name(rest, "conv1.0", "conv1.1"),
            ["stem", _, rest @ ..] => unit_name(rest, "conv1.3", "conv1.4"),
            ["conv1", rest @ ..] => unit_name(rest, if deep_stem { "conv1.6" } else { "conv1" }, "bn1"),
            ["layers", layer, unit, rest @ ..] => {
                let name = match rest {
                    ["downsample", rest @ ..] => unit_name(rest, "downsample.0", "downsample.1"),
                    ["convs", number, rest @ ..] => {
                        let number = number.parse::<usize>().ok()? + 1;
                        unit_name(rest, &format!("conv{number}"), &format!("bn{number}"))
                    }
                    _ => None,
                };
                Some(format!("layer{}.{unit}.{}", layer.parse::<usize>().ok()? + 1, name?))
            }
            _ => None,
        }
    }
}

impl Residual {
    fn new(inputs: usize, width: usize, bottleneck: bool, stride: usize, dilation: usize, device: &Device) -> Self {
        let unit = |shape: ConvShape, activation| ConvUnit::with(shape, activation, BatchNormConfig::new(shape.outputs), device);
        let wide = |inputs, outputs| ConvShape::new(inputs, outputs, 3).dilation(dilation);
        let (convs, outputs) = if bottleneck {
            let convs = vec![
                unit(ConvShape::new(inputs, width, 1), Activation::Relu),
                unit(wide(width, width).stride(stride), Activation::Relu),
                unit(ConvShape::new(width, 4 * width, 1), Activation::None),
            ];
            (convs, 4 * width)
        } else {
            (vec![unit(wide(inputs, width).stride(stride), Activation::Relu), unit(wide(width, width), Activation::None)], width)
        };
        let downsample =
            (stride != 1 || inputs != outputs).then(|| unit(ConvShape::new(inputs, outputs, 1).stride(stride), Activation::None));
        Self { convs, downsample }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.convs.iter().fold(x.clone(), |y, unit| unit.forward(y));
        relu(match &self.downsample {
            Some(unit) => unit.forward(x) + y,
            None => x + y,
        })
    }
}

impl Units for Residual {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.convs.units(change);
        self.downsample.units(change);
    }
}

impl Units for ResNet {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.stem.units(change);
        self.conv1.units(change);
        self.layers.units(change);
    }
}
