//! Hugging Face's safetensors: a JSON header and raw values.

use std::collections::HashMap;

use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::{Array, NamedTensors, WeightsError};

impl NamedTensors {
    /// Reads a safetensors file; other precisions are brought to single precision.
    ///
    /// # Errors
    /// The file is damaged, or has values that are not finite.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, WeightsError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| WeightsError::Unreadable(error.to_string()))?;
        let mut out = Self::default();
        for (name, view) in file.tensors() {
            if let Some(values) = floats(view.dtype(), view.data()) {
                out.insert(name, view.shape().to_vec(), values)?;
            } else if !matches!(view.dtype(), Dtype::I64 | Dtype::I32 | Dtype::U8 | Dtype::BOOL | Dtype::I16 | Dtype::I8) {
                return Err(WeightsError::Precision(name));
            }
        }
        Ok(out)
    }

    /// A safetensors file. `counters` are names that get a whole number 0, as PyTorch's count of batches; `about` is kept as metadata.
    ///
    /// # Errors
    /// The tensors are too many for one file.
    pub fn to_safetensors(&self, counters: &[String], about: HashMap<String, String>) -> Result<Vec<u8>, WeightsError> {
        let zero = 0i64.to_le_bytes();
        let unreadable = |error: safetensors::SafeTensorError| WeightsError::Unreadable(error.to_string());
        let bytes: Vec<(&str, &Array, Vec<u8>)> = self
            .0
            .iter()
            .map(|(name, array)| (name.as_str(), array, array.values.iter().flat_map(|value| value.to_le_bytes()).collect()))
            .collect();
        let mut views = Vec::with_capacity(bytes.len() + counters.len());
        for (name, array, data) in &bytes {
            views.push((*name, TensorView::new(Dtype::F32, array.shape.clone(), data).map_err(unreadable)?));
        }
        for name in counters {
            views.push((name, TensorView::new(Dtype::I64, Vec::new(), &zero).map_err(unreadable)?));
        }
        safetensors::serialize(views, Some(about)).map_err(unreadable)
    }
}

fn floats(dtype: Dtype, data: &[u8]) -> Option<Vec<f32>> {
    Some(match dtype {
        Dtype::F64 => data.as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes) as f32).collect(),
        Dtype::F32 => data.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        Dtype::F16 => data.as_chunks::<2>().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
        Dtype::BF16 => data.as_chunks::<2>().0.iter().map(|&bytes| bf16::from_le_bytes(bytes).to_f32()).collect(),
        _ => return None,
    })
}
