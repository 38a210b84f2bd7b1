//! The head of the pyramid scene parsing network.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig},
    tensor::{Device, Tensor, module::adaptive_avg_pool2d},
};

use crate::models::layers::{Conv, ConvShape, ConvUnit, Units, resized, unit_name};

/// Sides of the grids that the picture is averaged on.
const GRIDS: [usize; 4] = [1, 2, 3, 6];

/// Averages on four grids, each reduced to a quarter of the channels and enlarged again, beside the features; then as [`super::FcnHead`].
#[derive(Module, Debug)]
pub struct PspHead {
    pyramid: Vec<ConvUnit>,
    reduce: ConvUnit,
    dropout: Dropout,
    scores: Conv,
    align_corners: bool,
}

impl PspHead {
    #[must_use]
    pub fn new(inputs: usize, classes: usize, align_corners: bool, device: &Device) -> Self {
        let part = inputs / GRIDS.len();
        Self {
            pyramid: GRIDS.iter().map(|_| ConvUnit::new(ConvShape::new(inputs, part, 1), device)).collect(),
            reduce: ConvUnit::new(ConvShape::new(inputs + part * GRIDS.len(), part, 3), device),
            dropout: DropoutConfig::new(0.1).init(),
            scores: Conv::new(ConvShape::new(part, classes, 1), true, device),
            align_corners,
        }
    }

    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let mut parts = vec![x.clone()];
        for (grid, unit) in GRIDS.into_iter().zip(&self.pyramid) {
            let average = unit.forward(adaptive_avg_pool2d(x.clone(), [grid, grid]));
            parts.push(resized(average, [height, width], self.align_corners));
        }
        self.scores.forward(self.dropout.forward(self.reduce.forward(Tensor::cat(parts, 1))))
    }

    /// The layout of GluonCV's port to PyTorch, below `classifier` as in torchvision, which has no PSPNet.
    pub(crate) fn torch_name(path: &[&str]) -> Option<String> {
        match path {
            ["pyramid", number, rest @ ..] => {
                let number = number.parse::<usize>().ok()? + 1;
                unit_name(rest, &format!("0.conv{number}.0"), &format!("0.conv{number}.1"))
            }
            ["reduce", rest @ ..] => unit_name(rest, "1", "2"),
            ["scores", tensor] => Some(format!("5.{tensor}")),
            _ => None,
        }
    }
}

impl Units for PspHead {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.pyramid.units(change);
        self.reduce.units(change);
    }
}
