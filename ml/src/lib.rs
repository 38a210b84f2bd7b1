//! Learning from a labeled dataset: features of images, heads trained on them, predictions with a confidence, and the rules by which
//! machine labels are accepted. No database and no network: bytes are handed in and out, and so are seeds and devices. Only
//! [`train::network`] writes files, its checkpoints.
#![recursion_limit = "256"]

pub mod extractor;
pub mod features;
mod head;
pub mod metrics;
pub mod models;
pub mod policy;
pub mod predict;
pub mod train;
pub mod weights;

pub use burn::tensor::Device;
pub use extractor::{Canvas, ExtractError, Extractor};
pub use features::{Features, FeaturesError, Fit};
pub use head::{HeadError, TrainedHead};
pub use weights::WeightsError;
