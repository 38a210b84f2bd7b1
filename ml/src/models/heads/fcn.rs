//! The head of the fully convolutional network, also used as auxiliary head.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig},
    tensor::{Device, Tensor},
};

use crate::models::layers::{Conv, ConvShape, ConvUnit, Units, unit_name};

/// 3×3 convolution to a quarter of the channels, dropout 0.1, class scores.
#[derive(Module, Debug)]
pub struct FcnHead {
    reduce: ConvUnit,
    dropout: Dropout,
    scores: Conv,
}

impl FcnHead {
    #[must_use]
    pub fn new(inputs: usize, classes: usize, device: &Device) -> Self {
        Self {
            reduce: ConvUnit::new(ConvShape::new(inputs, inputs / 4, 3), device),
            dropout: DropoutConfig::new(0.1).init(),
            scores: Conv::new(ConvShape::new(inputs / 4, classes, 1), true, device),
        }
    }

    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.scores.forward(self.dropout.forward(self.reduce.forward(x)))
    }

    /// torchvision's `FCNHead`.
    pub(crate) fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["reduce", rest @ ..] => unit_name(rest, "0", "1"),
            ["scores", tensor] => Some(format!("4.{tensor}")),
            _ => None,
        }
    }
}

impl Units for FcnHead {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.reduce.units(change);
    }
}
