//! EfficientNet-Lite0 without its classifier, for inference only.
//!
//! The network is Google's EfficientNet-Lite0: inverted bottlenecks without squeeze-and-excitation, ReLU6, TensorFlow's 'SAME' padding (the odd
//! zero at the end). As it is never trained here, every normalisation is folded into the convolution before it when the weights are read.
//! 1×1 convolutions are matrix products, which the CPU backend computes several times faster than a convolution.

use burn::tensor::{Device, Tensor, TensorData, module::conv2d, ops::ConvOptions};

use crate::weights::{EFFICIENTNET_LITE0, Tensors, WeightsError};

/// Channels of the levels that [`EfficientNetLite0::forward`] returns.
pub const LEVEL_CHANNELS: [usize; 5] = [16, 24, 40, 112, 320];

/// Input pixels per feature in each direction, of the same levels.
pub const LEVEL_STRIDES: [usize; 5] = [2, 4, 8, 16, 32];

/// Repeats, kernel, stride of the first block, expansion, output channels, and whether the stage's output is a level.
const STAGES: [(usize, usize, usize, usize, usize, bool); 7] = [
    (1, 3, 1, 1, 16, true),
    (2, 3, 2, 6, 24, true),
    (2, 5, 2, 6, 40, true),
    (3, 3, 2, 6, 80, false),
    (3, 5, 1, 6, 112, true),
    (4, 5, 2, 6, 192, false),
    (1, 3, 1, 6, 320, true),
];
const STEM: usize = 32;
const EPSILON: f32 = 1e-3;

/// The backbone on one device.
#[derive(Clone, Debug)]
pub struct EfficientNetLite0 {
    stem: Spatial,
    stages: Vec<(Vec<Block>, bool)>,
}

/// A k×k convolution with the normalisation folded in: the stem, or one kernel a channel.
#[derive(Clone, Debug)]
struct Spatial {
    weight: Tensor<4>,
    bias: Tensor<1>,
    kernel: usize,
    stride: usize,
    groups: usize,
}

/// A 1×1 convolution with the normalisation folded in.
#[derive(Clone, Debug)]
struct Pointwise {
    /// `[outputs, inputs]`
    weight: Tensor<2>,
    /// `[outputs, 1]`
    bias: Tensor<2>,
}

#[derive(Clone, Debug)]
struct Block {
    expand: Option<Pointwise>,
    depthwise: Spatial,
    project: Pointwise,
    residual: bool,
}

impl EfficientNetLite0 {
    /// The network with the weights that come with the program.
    ///
    /// # Errors
    /// The embedded weights are damaged.
    pub fn pretrained(device: &Device) -> Result<Self, WeightsError> {
        Self::from_safetensors(EFFICIENTNET_LITE0, device)
    }

    /// The network with weights from a safetensors file that uses the names of the published PyTorch port.
    ///
    /// # Errors
    /// The file is unreadable, or a tensor is missing or has another shape.
    pub fn from_safetensors(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let mut tensors = Tensors::read(bytes)?;
        let stem = Spatial::load(&mut tensors, "_conv_stem", "_bn0", [STEM, 3], 3, 2, device)?;
        let (mut stages, mut inputs, mut index) = (Vec::new(), STEM, 0);
        for (repeats, kernel, stride, expansion, outputs, is_level) in STAGES {
            let mut blocks = Vec::with_capacity(repeats);
            for repeat in 0..repeats {
                let stride = if repeat == 0 { stride } else { 1 };
                blocks.push(Block::load(&mut tensors, index, [inputs, expansion, outputs], kernel, stride, device)?);
                (inputs, index) = (outputs, index + 1);
            }
            stages.push((blocks, is_level));
        }
        Ok(Self { stem, stages })
    }

    /// Features at strides 2, 4, 8, 16 and 32 of one batch of pictures.
    ///
    /// `x` is `[n, 3, height, width]`, RGB as `(byte − 127) / 128`; sides should be multiples of 32. Level k is
    /// `[n, LEVEL_CHANNELS[k], height / LEVEL_STRIDES[k], width / LEVEL_STRIDES[k]]`.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Vec<Tensor<4>> {
        let mut x = relu6(self.stem.forward(x));
        let mut levels = Vec::with_capacity(LEVEL_CHANNELS.len());
        for (blocks, is_level) in &self.stages {
            for block in blocks {
                x = block.forward(x);
            }
            if *is_level {
                levels.push(x.clone());
            }
        }
        levels
    }
}

impl Block {
    fn load(
        tensors: &mut Tensors,
        index: usize,
        [inputs, expansion, outputs]: [usize; 3],
        kernel: usize,
        stride: usize,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let name = |part: &str| format!("_blocks.{index}.{part}");
        let hidden = inputs * expansion;
        let expand = (expansion != 1)
            .then(|| Pointwise::load(tensors, &name("_expand_conv"), &name("_bn0"), [hidden, inputs], device))
            .transpose()?;
        Ok(Self {
            expand,
            depthwise: Spatial::load(tensors, &name("_depthwise_conv"), &name("_bn1"), [hidden, 1], kernel, stride, device)?,
            project: Pointwise::load(tensors, &name("_project_conv"), &name("_bn2"), [outputs, hidden], device)?,
            residual: stride == 1 && inputs == outputs,
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let skip = self.residual.then(|| x.clone());
        let x = match &self.expand {
            Some(expand) => relu6(expand.forward(x)),
            None => x,
        };
        let x = self.project.forward(relu6(self.depthwise.forward(x)));
        match skip {
            Some(skip) => x + skip,
            None => x,
        }
    }
}

impl Spatial {
    /// `inputs` is the number of channels one kernel sees: 3 for the stem, 1 for a depthwise convolution.
    fn load(
        tensors: &mut Tensors,
        conv: &str,
        norm: &str,
        [outputs, inputs]: [usize; 2],
        kernel: usize,
        stride: usize,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let (weight, bias) = folded(tensors, conv, norm, &[outputs, inputs, kernel, kernel])?;
        let groups = if inputs == 1 { outputs } else { 1 };
        Ok(Self {
            weight: Tensor::from_data(TensorData::new(weight, [outputs, inputs, kernel, kernel]), device),
            bias: Tensor::from_data(TensorData::new(bias, [outputs]), device),
            kernel,
            stride,
            groups,
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let mut options = ConvOptions::new([self.stride; 2], [0; 2], [1; 2], self.groups);
        options.padding = [height, width].map(|size| same_padding(size, self.kernel, self.stride));
        conv2d(x, self.weight.clone(), Some(self.bias.clone()), options)
    }
}

impl Pointwise {
    fn load(tensors: &mut Tensors, conv: &str, norm: &str, [outputs, inputs]: [usize; 2], device: &Device) -> Result<Self, WeightsError> {
        let (weight, bias) = folded(tensors, conv, norm, &[outputs, inputs, 1, 1])?;
        Ok(Self {
            weight: Tensor::from_data(TensorData::new(weight, [outputs, inputs]), device),
            bias: Tensor::from_data(TensorData::new(bias, [outputs, 1]), device),
        })
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, inputs, height, width] = x.dims();
        let [outputs, _] = self.weight.dims();
        let y = self.weight.clone().unsqueeze::<3>().matmul(x.reshape([n, inputs, height * width])) + self.bias.clone().unsqueeze::<3>();
        y.reshape([n, outputs, height, width])
    }
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// TensorFlow's rule: just enough zeros for `ceil(size / stride)` outputs, the odd one at the end.
fn same_padding(size: usize, kernel: usize, stride: usize) -> (usize, usize) {
    let total = ((size.div_ceil(stride) - 1) * stride + kernel).saturating_sub(size);
    (total / 2, total - total / 2)
}

/// Weight and bias of a convolution followed by a normalisation with fixed statistics, as one convolution.
fn folded(tensors: &mut Tensors, conv: &str, norm: &str, shape: &[usize]) -> Result<(Vec<f32>, Vec<f32>), WeightsError> {
    let outputs = &shape[..1];
    let mut weight = tensors.take(&format!("{conv}.weight"), shape)?;
    let gain = tensors.take(&format!("{norm}.weight"), outputs)?;
    let mut bias = tensors.take(&format!("{norm}.bias"), outputs)?;
    let mean = tensors.take(&format!("{norm}.running_mean"), outputs)?;
    let variance = tensors.take(&format!("{norm}.running_var"), outputs)?;
    let per_output = weight.len() / shape[0];
    for (output, kernel) in weight.chunks_exact_mut(per_output).enumerate() {
        let scale = gain[output] / (variance[output] + EPSILON).sqrt();
        bias[output] -= mean[output] * scale;
        kernel.iter_mut().for_each(|value| *value *= scale);
    }
    Ok((weight, bias))
}

#[cfg(test)]
mod tests {
    use super::same_padding;

    #[test]
    fn same_padding_follows_tensorflow() {
        assert_eq!(same_padding(64, 3, 1), (1, 1));
        assert_eq!(same_padding(64, 3, 2), (0, 1));
        assert_eq!(same_padding(64, 5, 2), (1, 2));
        assert_eq!(same_padding(65, 3, 2), (1, 1));
        assert_eq!(same_padding(2, 5, 2), (1, 2));
        assert_eq!(same_padding(1, 1, 1), (0, 0));
    }
}
