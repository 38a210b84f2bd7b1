//! Weights that come with the program, and reading named tensors out of a safetensors file.

use std::collections::HashMap;

use half::f16;
use safetensors::{Dtype, SafeTensors};

/// ImageNet weights of the EfficientNet-Lite0 backbone; where they come from stands in `weights/ORIGIN.md`.
pub(crate) const EFFICIENTNET_LITE0: &[u8] = include_bytes!("../weights/efficientnet_lite0.safetensors");

/// Why weights can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("the weights are not a readable safetensors file: {0}; use the file as it was published")]
    Unreadable(String),
    #[error("the weights have no tensor named {0}; they belong to another network")]
    Missing(String),
    #[error("the tensor {name} has the shape {found:?}, but {wanted:?} is needed; the weights belong to another network")]
    Shape { name: String, found: Vec<usize>, wanted: Vec<usize> },
    #[error("the tensor {0} is neither half nor single precision; convert the weights first")]
    Precision(String),
    #[error("the tensor {0} has values that are not finite; the file is damaged")]
    NotFinite(String),
}

/// Named tensors in single precision.
#[derive(Debug, Default)]
pub(crate) struct Tensors(HashMap<String, (Vec<usize>, Vec<f32>)>);

impl Tensors {
    /// Reads every tensor of a safetensors file; half precision is widened.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, WeightsError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| WeightsError::Unreadable(error.to_string()))?;
        let mut out = HashMap::new();
        for (name, view) in file.tensors() {
            let values: Vec<f32> = match view.dtype() {
                Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
                Dtype::F16 => view.data().as_chunks::<2>().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
                _ => return Err(WeightsError::Precision(name)),
            };
            if !values.iter().all(|value| value.is_finite()) {
                return Err(WeightsError::NotFinite(name));
            }
            out.insert(name, (view.shape().to_vec(), values));
        }
        Ok(Self(out))
    }

    /// Takes a tensor out; its shape must be the wanted one.
    pub(crate) fn take(&mut self, name: &str, wanted: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let (shape, values) = self.0.remove(name).ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        if shape != wanted {
            return Err(WeightsError::Shape { name: name.to_owned(), found: shape, wanted: wanted.to_vec() });
        }
        Ok(values)
    }
}
