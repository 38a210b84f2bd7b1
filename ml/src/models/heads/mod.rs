//! What turns a backbone's features into class scores.

mod deeplab;
mod fcn;
mod psp;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

pub use deeplab::{DeepLabHead, DeepLabPlusHead};
pub use fcn::FcnHead;
pub use psp::PspHead;

use super::{
    backbone::FeatureMaps,
    layers::{ConvUnit, Units},
};

/// A head by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// Fully convolutional network (Long et al. 2015): two convolutions.
    Fcn,
    /// Pyramid scene parsing (Zhao et al. 2017): averages of the whole picture and of its parts beside the features.
    Psp,
    /// DeepLabV3 (Chen et al. 2017): convolutions of several dilations side by side.
    DeepLabV3,
    /// DeepLabV3+ (Chen et al. 2018): the same, refined with features at stride 4.
    DeepLabV3Plus,
}

impl HeadKind {
    pub const ALL: [Self; 4] = [Self::Fcn, Self::Psp, Self::DeepLabV3, Self::DeepLabV3Plus];

    /// The name that comes first in lists, and other libraries' names for it.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Fcn => &["fcn"],
            Self::Psp => &["psp", "pspnet"],
            Self::DeepLabV3 => &["deeplabv3", "deeplab"],
            Self::DeepLabV3Plus => &["deeplabv3plus", "deeplabv3+", "deeplab_v3plus"],
        }
    }
}

#[derive(Module, Debug)]
pub enum Head {
    Fcn(FcnHead),
    Psp(PspHead),
    DeepLabV3(DeepLabHead),
    DeepLabV3Plus(DeepLabPlusHead),
}

impl Head {
    /// `channels` are those of the low and the deep features.
    pub(crate) fn new(
        kind: HeadKind,
        [low, deep]: [usize; 2],
        classes: usize,
        output_stride: usize,
        align_corners: bool,
        device: &Device,
    ) -> Self {
        // Dilations are given for stride 16 in the paper; twice as fine features need twice as much.
        let rates = [6, 12, 18].map(|rate| rate * 16 / output_stride.clamp(8, 16));
        match kind {
            HeadKind::Fcn => Self::Fcn(FcnHead::new(deep, classes, device)),
            HeadKind::Psp => Self::Psp(PspHead::new(deep, classes, align_corners, device)),
            HeadKind::DeepLabV3 => Self::DeepLabV3(DeepLabHead::new(deep, classes, rates, align_corners, device)),
            HeadKind::DeepLabV3Plus => Self::DeepLabV3Plus(DeepLabPlusHead::new([low, deep], classes, rates, align_corners, device)),
        }
    }

    /// Class scores on the grid of the deep features, or of the low ones for DeepLabV3+.
    #[must_use]
    pub fn forward(&self, features: FeatureMaps) -> Tensor<4> {
        match self {
            Self::Fcn(head) => head.forward(features.deep),
            Self::Psp(head) => head.forward(features.deep),
            Self::DeepLabV3(head) => head.forward(features.deep),
            Self::DeepLabV3Plus(head) => head.forward(features.low, features.deep),
        }
    }

    pub(crate) fn torch_name(kind: HeadKind, path: &[&str]) -> Option<String> {
        match kind {
            HeadKind::Fcn => FcnHead::torch_name(path),
            HeadKind::Psp => PspHead::torch_name(path),
            HeadKind::DeepLabV3 => DeepLabHead::torch_name(path),
            HeadKind::DeepLabV3Plus => DeepLabPlusHead::torch_name(path),
        }
    }
}

impl Units for Head {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        match self {
            Self::Fcn(head) => head.units(change),
            Self::Psp(head) => head.units(change),
            Self::DeepLabV3(head) => head.units(change),
            Self::DeepLabV3Plus(head) => head.units(change),
        }
    }
}
