//! The networks that turn a picture into features, and what heads may ask of them.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

use super::{
    efficientnet_lite::{EfficientNetLite, LiteShape},
    layers::{ConvUnit, Units},
    resnet::{ResNet, ResNetShape},
};

/// A backbone by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackboneKind {
    Resnet18,
    Resnet34,
    Resnet50,
    Resnet101,
    EfficientnetLite0,
    EfficientnetLite1,
    EfficientnetLite2,
}

/// How the bytes of a picture become a network's input: `(byte / 255 − mean) / std`, channel by channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    pub mean: [f32; 3],
    pub std: [f32; 3],
}

impl BackboneKind {
    pub const ALL: [Self; 7] = [
        Self::Resnet18,
        Self::Resnet34,
        Self::Resnet50,
        Self::Resnet101,
        Self::EfficientnetLite0,
        Self::EfficientnetLite1,
        Self::EfficientnetLite2,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resnet18 => "resnet18",
            Self::Resnet34 => "resnet34",
            Self::Resnet50 => "resnet50",
            Self::Resnet101 => "resnet101",
            Self::EfficientnetLite0 => "efficientnet_lite0",
            Self::EfficientnetLite1 => "efficientnet_lite1",
            Self::EfficientnetLite2 => "efficientnet_lite2",
        }
    }

    fn family(self) -> Family {
        let resnet = |repeats, bottleneck| Family::ResNet(ResNetShape { repeats, bottleneck });
        match self {
            Self::Resnet18 => resnet([2, 2, 2, 2], false),
            Self::Resnet34 => resnet([3, 4, 6, 3], false),
            Self::Resnet50 => resnet([3, 4, 6, 3], true),
            Self::Resnet101 => resnet([3, 4, 23, 3], true),
            Self::EfficientnetLite0 => Family::Lite(LiteShape::LITE0),
            Self::EfficientnetLite1 => Family::Lite(LiteShape::LITE1),
            Self::EfficientnetLite2 => Family::Lite(LiteShape::LITE2),
        }
    }

    /// Whether it is a ResNet, which may have a deep stem.
    #[must_use]
    pub fn is_resnet(self) -> bool {
        matches!(self.family(), Family::ResNet(_))
    }

    /// Channels of the low, middle and deep features.
    #[must_use]
    pub fn channels(self) -> [usize; 3] {
        match self.family() {
            Family::ResNet(shape) => [0, 2, 3].map(|layer| shape.channels()[layer]),
            Family::Lite(shape) => [1, 3, 4].map(|level| shape.levels()[level]),
        }
    }

    /// What published weights were trained with: ImageNet's statistics for ResNets, `(byte − 127) / 128` for EfficientNet-Lite.
    #[must_use]
    pub fn normalisation(self) -> Normalisation {
        if self.is_resnet() {
            Normalisation { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
        } else {
            Normalisation { mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] }
        }
    }
}

enum Family {
    ResNet(ResNetShape),
    Lite(LiteShape),
}

/// What heads work on.
#[derive(Clone, Debug)]
pub struct FeatureMaps {
    /// Stride 4: edges, for decoders.
    pub low: Tensor<4>,
    /// The last but one stage: for auxiliary heads.
    pub middle: Tensor<4>,
    /// The last stage, at the output stride.
    pub deep: Tensor<4>,
}

#[derive(Module, Debug)]
pub enum Backbone {
    ResNet(ResNet),
    Lite(EfficientNetLite),
}

impl Backbone {
    #[must_use]
    pub fn new(kind: BackboneKind, output_stride: usize, deep_stem: bool, device: &Device) -> Self {
        match kind.family() {
            Family::ResNet(shape) => Self::ResNet(ResNet::new(shape, output_stride, deep_stem, device)),
            Family::Lite(shape) => Self::Lite(EfficientNetLite::new(shape, output_stride, device)),
        }
    }

    #[must_use]
    pub fn forward(&self, images: Tensor<4>) -> FeatureMaps {
        let (levels, [low, middle]) = match self {
            Self::ResNet(network) => (network.forward(images), [0, 2]),
            Self::Lite(network) => (network.forward(images), [1, 3]),
        };
        let deep = levels.len() - 1;
        FeatureMaps { low: levels[low].clone(), middle: levels[middle].clone(), deep: levels[deep].clone() }
    }
}

impl Units for Backbone {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        match self {
            Self::ResNet(network) => network.units(change),
            Self::Lite(network) => network.units(change),
        }
    }
}
