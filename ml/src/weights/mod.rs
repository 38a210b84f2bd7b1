//! Weights in and out, by name: safetensors and PyTorch's `.pth`, torchvision's and GluonCV's names, and a report of what fitted.
//!
//! No pickle is ever executed: see [`pickle`].

mod apply;
mod exchange;
mod layouts;
mod pickle;
mod pth;
mod safetensors;
mod tensors;

pub use apply::{LoadReport, Mismatch, apply, collect, initialised};
pub use exchange::{Part, export, load, spec_of};
pub use pickle::PickleError;
pub use tensors::{Array, NamedTensors};

/// ImageNet weights of the EfficientNet-Lite0 backbone; where they come from stands in `weights/ORIGIN.md`.
pub(crate) const EFFICIENTNET_LITE0: &[u8] = include_bytes!("../../weights/efficientnet_lite0.safetensors");

/// Why weights can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("the weights are not a readable safetensors file: {0}; use the file as it was published")]
    Unreadable(String),
    #[error("the weights are neither safetensors nor a PyTorch file; export them again")]
    UnknownFormat,
    #[error("the PyTorch file is damaged: {0}; use the file as it was published")]
    Damaged(String),
    #[error("the PyTorch file can't be used: {0}")]
    Pickle(#[from] PickleError),
    #[error("the weights have no tensor named {0}; they belong to another network")]
    Missing(String),
    #[error("the tensor {name} has the shape {found:?}, but {wanted:?} is needed; the weights belong to another network")]
    Shape { name: String, found: Vec<usize>, wanted: Vec<usize> },
    #[error("the tensor {0} is not of floating-point numbers; convert the weights first")]
    Precision(String),
    #[error("the tensor {0} has values that are not finite; the file is damaged")]
    NotFinite(String),
    #[error(
        "none of the file's {found} tensors belongs to {model}; it holds {example}, …: choose the model that the weights were trained for"
    )]
    Foreign { model: String, found: usize, example: String },
    #[error("the device failed while weights were read from it: {0}; try again, or use the CPU")]
    Device(String),
}
