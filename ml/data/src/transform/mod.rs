//! Transformations: a chain of steps that treats a picture, its masks, outlines and boxes as one.
//!
//! A [`Chain`] is a list of [`Step`]s, which may come from a configuration file. Geometric steps in a row become one map, so a picture is
//! resampled once and masks, outlines and boxes follow exactly the same map. Random numbers come from [`Draws`], which depend on seed, epoch and
//! the item's number alone. Steps that blend two samples ask [`Partners`] for the second one.

mod affine;
mod apply;
pub mod batch;
mod blur;
mod chain;
mod color;
mod copy_paste;
mod draws;
mod erase;
mod error;
mod frame;
mod mixup;
mod moves;
mod nearest;
mod noise;
mod pipeline;
mod preset;
mod resample;
pub mod step;
mod tone;

pub use affine::Affine;
pub use batch::BatchError;
pub use chain::{Chain, Partners, Transformation};
pub use draws::Draws;
pub use error::{ChainError, TransformError};
pub use pipeline::Pipeline;
pub use step::Step;
