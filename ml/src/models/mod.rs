//! Networks: backbones that turn a picture into features, heads that turn features into class scores, and a registry of their combinations.
//!
//! [`ModelSpec::named`] finds a network by the name that GluonCV and torchvision give it, [`ModelSpec::build`] makes it; `crate::weights` brings
//! weights in and out. Beside these, `pyramid_head` is the small head that is trained in seconds on a frozen backbone's cached features.

mod backbone;
mod efficientnet_lite;
mod heads;
pub mod layers;
mod network;
pub(crate) mod pyramid_head;
mod registry;
mod resnet;

pub use backbone::{Backbone, BackboneKind, FeatureMaps, Normalisation};
pub use efficientnet_lite::{EfficientNetLite, LEVEL_CHANNELS, LEVEL_STRIDES, LiteShape};
pub use heads::{DeepLabHead, DeepLabPlusHead, FcnHead, Head, HeadKind, PspHead};
pub use network::{Network, Output, SegmentationModel};
pub use registry::{ModelSpec, SpecError, names};
pub use resnet::{ResNet, ResNetShape};
