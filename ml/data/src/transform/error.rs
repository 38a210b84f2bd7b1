//! Why a chain can't be made, or a sample not be changed.

use crate::source::ItemError;

/// A chain that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {} of the transformation ({kind}): {reason}", .at + 1)]
pub struct ChainError {
    /// The step's place, from 0.
    pub at: usize,
    pub kind: String,
    pub reason: String,
}

/// Why a sample can't be changed.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    #[error("the picture would be squeezed onto a line")]
    Squeezed,
    #[error("the picture would have {width}×{height} pixels, which is more than {limit}")]
    TooLarge { width: u32, height: u32, limit: u64 },
    #[error("the picture has no pixels, or a map has not the size of its picture")]
    Sizes,
    #[error("the picture can't be resized: {0}")]
    Resize(String),
    #[error("{kind} needs two pictures of one size, but they have {}×{} and {}×{}; crop both to one size before", .one[0], .one[1], .other[0], .other[1])]
    PartnerSize { kind: &'static str, one: [u32; 2], other: [u32; 2] },
    #[error("the second picture can't be had: {0}")]
    Partner(#[source] Box<ItemError>),
}
