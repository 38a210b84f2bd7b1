//! A convolution, the normalisation after it and the activation after that: the unit that networks repeat.

use burn::{
    module::{Module, Param},
    nn::{BatchNorm, BatchNormConfig},
    tensor::{Device, Tensor, activation::relu, module::conv2d, ops::ConvOptions, s},
};

/// How many zeros stand around the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The same number on all sides, so that stride 1 keeps the size: PyTorch's usual choice.
    Centred,
    /// TensorFlow's 'SAME': just enough for `ceil(size / stride)` outputs, the odd one at the end.
    Same,
}

/// What comes after the normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    None,
    Relu,
    Relu6,
}

/// The shape of a square convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub groups: usize,
    pub padding: Padding,
}

impl ConvShape {
    /// Stride 1, no dilation, one group, zeros all around.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, kernel: usize) -> Self {
        Self { inputs, outputs, kernel, stride: 1, dilation: 1, groups: 1, padding: Padding::Centred }
    }

    #[must_use]
    pub fn stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    #[must_use]
    pub fn dilation(self, dilation: usize) -> Self {
        Self { dilation, ..self }
    }

    fn pads(&self, size: usize) -> (usize, usize) {
        let reach = self.dilation * (self.kernel - 1);
        match self.padding {
            Padding::Centred => (reach / 2, reach / 2),
            Padding::Same => {
                let total = ((size.div_ceil(self.stride) - 1) * self.stride + reach + 1).saturating_sub(size);
                (total / 2, total - total / 2)
            }
        }
    }
}

/// A convolution, computed as a matrix product where the kernel is 1×1: the CPU backend's convolution is many times slower there.
#[derive(Module, Debug)]
pub struct Conv {
    /// `[outputs, inputs / groups, kernel, kernel]`
    pub(crate) weight: Param<Tensor<4>>,
    pub(crate) bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    pub(crate) shape: ConvShape,
}

impl Conv {
    /// All zeros; weights are filled in afterwards, see [`crate::weights::initialised`].
    #[must_use]
    pub fn new(shape: ConvShape, bias: bool, device: &Device) -> Self {
        let ConvShape { inputs, outputs, kernel, groups, .. } = shape;
        Self {
            weight: Param::from_tensor(Tensor::zeros([outputs, inputs / groups, kernel, kernel], device)),
            bias: bias.then(|| Param::from_tensor(Tensor::zeros([outputs], device))),
            shape,
        }
    }

    /// `[n, inputs, height, width]` → `[n, outputs, …]`.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ConvShape { kernel, stride, dilation, groups, .. } = self.shape;
        if kernel == 1 && groups == 1 {
            return self.pointwise(if stride == 1 { x } else { x.slice(s![.., .., 0..; stride as isize, 0..; stride as isize]) });
        }
        let [_, _, height, width] = x.dims();
        let mut options = ConvOptions::new([stride; 2], [0; 2], [dilation; 2], groups);
        options.padding = [height, width].map(|size| self.shape.pads(size));
        conv2d(x, self.weight.val(), self.bias.as_ref().map(Param::val), options)
    }

    fn pointwise(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, inputs, height, width] = x.dims();
        let outputs = self.shape.outputs;
        let y = self.weight.val().reshape([1, outputs, inputs]).matmul(x.reshape([n, inputs, height * width]));
        let y = match &self.bias {
            Some(bias) => y + bias.val().reshape([1, outputs, 1]),
            None => y,
        };
        y.reshape([n, outputs, height, width])
    }
}

/// Convolution → normalisation (if there is one) → activation.
#[derive(Module, Debug)]
pub struct ConvUnit {
    pub(crate) conv: Conv,
    pub(crate) norm: Option<BatchNorm>,
    #[module(skip)]
    pub(crate) activation: Activation,
}

impl ConvUnit {
    /// A convolution without bias, BatchNorm (ε 1e-5, momentum 0.1, as in PyTorch), ReLU.
    #[must_use]
    pub fn new(shape: ConvShape, device: &Device) -> Self {
        Self::with(shape, Activation::Relu, BatchNormConfig::new(shape.outputs), device)
    }

    #[must_use]
    pub fn with(shape: ConvShape, activation: Activation, norm: BatchNormConfig, device: &Device) -> Self {
        Self { conv: Conv::new(shape, false, device), norm: Some(norm.init(device)), activation }
    }

    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(x);
        let x = match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        };
        match self.activation {
            Activation::None => x,
            Activation::Relu => relu(x),
            Activation::Relu6 => x.clamp(0.0, 6.0),
        }
    }

    /// Makes convolution and normalisation one convolution with bias. For inference only: the running statistics become fixed.
    pub fn fold(&mut self) {
        let Some(norm) = self.norm.take() else { return };
        let outputs = self.conv.shape.outputs;
        let scale = norm.gamma.val() / (norm.running_var.value() + norm.epsilon).sqrt();
        let shift = norm.beta.val() - norm.running_mean.value() * scale.clone();
        let bias = match &self.conv.bias {
            Some(bias) => bias.val() * scale.clone() + shift,
            None => shift,
        };
        let weight = self.conv.weight.val() * scale.reshape([outputs, 1, 1, 1]);
        self.conv = Conv { weight: Param::from_tensor(weight), bias: Some(Param::from_tensor(bias)), shape: self.conv.shape };
    }
}

/// Everything made of units lets them be changed one by one: folded, or their normalisation frozen.
pub trait Units {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit));
}

impl<T: Units> Units for Vec<T> {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.iter_mut().for_each(|part| part.units(change));
    }
}

impl<T: Units> Units for Option<T> {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        if let Some(part) = self {
            part.units(change);
        }
    }
}

impl Units for ConvUnit {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        change(self);
    }
}

/// PyTorch's name of a unit's tensor, when the convolution and the normalisation are called so there. `path` is the rest of our own path.
pub(crate) fn unit_name(path: &[&str], conv: &str, norm: &str) -> Option<String> {
    match path {
        ["conv", tensor] => Some(format!("{conv}.{tensor}")),
        ["norm", "gamma"] => Some(format!("{norm}.weight")),
        ["norm", "beta"] => Some(format!("{norm}.bias")),
        ["norm", statistic] => Some(format!("{norm}.{statistic}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_follows_tensorflow() {
        let pads = |size, kernel, stride| ConvShape { padding: Padding::Same, ..ConvShape::new(1, 1, kernel).stride(stride) }.pads(size);
        assert_eq!(pads(64, 3, 1), (1, 1));
        assert_eq!(pads(64, 3, 2), (0, 1));
        assert_eq!(pads(64, 5, 2), (1, 2));
        assert_eq!(pads(65, 3, 2), (1, 1));
        assert_eq!(pads(2, 5, 2), (1, 2));
        assert_eq!(pads(1, 1, 1), (0, 0));
    }
}
