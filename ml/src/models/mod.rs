//! Networks: a frozen backbone that turns a picture into features, and a small head that is trained on them.

mod efficientnet_lite;
pub(crate) mod pyramid_head;

pub use efficientnet_lite::{EfficientNetLite0, LEVEL_CHANNELS, LEVEL_STRIDES};
