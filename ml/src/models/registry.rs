//! Networks by name, as GluonCV and torchvision call them: `fcn_resnet50`, `deeplab_resnet50`, `psp_resnet50`, …

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::{backbone::BackboneKind, heads::HeadKind, network::Network};
use crate::weights;

/// Everything that decides a network's shape. Written beside the weights, it makes the same network again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    pub head: HeadKind,
    pub backbone: BackboneKind,
    pub classes: usize,
    /// Input pixels between two of the deepest features: 8, 16 or 32.
    pub output_stride: usize,
    /// Whether there is an auxiliary head on the last but one stage.
    pub auxiliary: bool,
    /// How scores are enlarged: corner pixels keep their values (GluonCV), or pixels are areas (torchvision).
    pub align_corners: bool,
    /// Three 3×3 convolutions instead of a 7×7 one at the beginning of a ResNet (GluonCV's ResNet-v1s).
    pub deep_stem: bool,
}

/// Why there is no such network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("there is no model named {name:?}; did you mean {}? All names: fcn, psp, deeplabv3 or deeplabv3plus, then _resnet18, 34, 50, 101 or _efficientnet_lite0, 1, 2", .near.join(" or "))]
    Unknown { name: String, near: Vec<String> },
    #[error("a model needs 1 to 4096 classes, not {0}")]
    Classes(usize),
    #[error("the output stride must be 8, 16 or 32, not {0}")]
    OutputStride(usize),
    #[error("only ResNets have a deep stem; leave it out for {0}")]
    DeepStem(&'static str),
}

/// The names of all networks.
#[must_use]
pub fn names() -> Vec<String> {
    HeadKind::ALL.iter().flat_map(|head| BackboneKind::ALL.iter().map(|backbone| name(*head, *backbone))).collect()
}

fn name(head: HeadKind, backbone: BackboneKind) -> String {
    format!("{}_{}", head.names()[0], backbone.name())
}

impl ModelSpec {
    /// A network by its name, with the defaults of its kind: an output stride of 8 (16 for DeepLabV3+ and for EfficientNet-Lite), an auxiliary
    /// head on ResNets except for DeepLabV3+, torchvision's conventions.
    ///
    /// # Errors
    /// There is no such name; the error suggests the nearest.
    pub fn named(wanted: &str, classes: usize) -> Result<Self, SpecError> {
        let lower = wanted.trim().to_lowercase().replace('-', "_").replace("efficientnetlite", "efficientnet_lite");
        let found = HeadKind::ALL.into_iter().find_map(|head| {
            BackboneKind::ALL.into_iter().find_map(|backbone| {
                head.names().iter().any(|alias| lower == format!("{alias}_{}", backbone.name())).then_some((head, backbone))
            })
        });
        let Some((head, backbone)) = found else {
            let mut near = names();
            near.sort_by_key(|name| strsim::damerau_levenshtein(name, &lower));
            near.truncate(3);
            return Err(SpecError::Unknown { name: wanted.to_owned(), near });
        };
        let plus = head == HeadKind::DeepLabV3Plus;
        let spec = Self {
            head,
            backbone,
            classes,
            output_stride: if plus || !backbone.is_resnet() { 16 } else { 8 },
            auxiliary: backbone.is_resnet() && !plus,
            align_corners: false,
            deep_stem: false,
        };
        spec.check()?;
        Ok(spec)
    }

    /// The same network in GluonCV's conventions for PyTorch: a deep stem, and corners aligned.
    #[must_use]
    pub fn gluon(self) -> Self {
        Self { align_corners: true, deep_stem: self.backbone.is_resnet(), ..self }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.head, self.backbone)
    }

    /// The network with random weights: He's normal distribution over the outputs for convolutions, as torchvision has it; each tensor's values
    /// depend on the seed and its name only.
    ///
    /// # Errors
    /// The options contradict each other.
    pub fn build(&self, seed: u64, device: &Device) -> Result<Network, SpecError> {
        self.check()?;
        Ok(weights::initialised(Network::empty(self, device), seed))
    }

    fn check(&self) -> Result<(), SpecError> {
        if !(1..=4096).contains(&self.classes) {
            return Err(SpecError::Classes(self.classes));
        }
        if ![8, 16, 32].contains(&self.output_stride) {
            return Err(SpecError::OutputStride(self.output_stride));
        }
        if self.deep_stem && !self.backbone.is_resnet() {
            return Err(SpecError::DeepStem(self.backbone.name()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_gives_its_network() {
        assert_eq!(names().len(), 28);
        for name in names() {
            assert_eq!(ModelSpec::named(&name, 2).unwrap().name(), name);
        }
        for (alias, name) in [
            ("deeplab_resnet50", "deeplabv3_resnet50"),
            ("pspnet_resnet101", "psp_resnet101"),
            ("DeepLabV3+_EfficientNet-Lite0", "deeplabv3plus_efficientnet_lite0"),
        ] {
            assert_eq!(ModelSpec::named(alias, 2).unwrap().name(), name);
        }
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_nearest() {
        let Err(SpecError::Unknown { near, .. }) = ModelSpec::named("fcn_resnet5", 2) else { panic!("there is no such model") };
        assert_eq!(near[0], "fcn_resnet50");
        assert_eq!(ModelSpec::named("fcn_resnet50", 0), Err(SpecError::Classes(0)));
        let spec = ModelSpec { output_stride: 4, ..ModelSpec::named("fcn_resnet18", 2).unwrap() };
        assert_eq!(spec.build(1, &Device::flex()).err(), Some(SpecError::OutputStride(4)));
    }
}
