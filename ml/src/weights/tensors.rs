//! Named arrays of numbers, whatever file they came from.

use std::collections::BTreeMap;

use super::{WeightsError, pth};

/// A tensor's shape and its values in single precision, the last axis running fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// Floating-point tensors by name. Tensors of whole numbers are left out when a file is read: weights have none but counters of batches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedTensors(pub BTreeMap<String, Array>);

impl NamedTensors {
    /// Reads safetensors or a PyTorch file (`.pth`, `.pt`), by their first bytes.
    ///
    /// # Errors
    /// The bytes are neither, are damaged, or hold anything but tensors. What is allocated is bounded by the bytes' length.
    pub fn read(bytes: &[u8]) -> Result<Self, WeightsError> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x80]) {
            // A safetensors file may begin with 0x80 too, as the low byte of its header's length, but then has '{' at byte 8.
            if bytes.get(8) != Some(&b'{') || bytes.starts_with(b"PK") {
                return pth::read(bytes);
            }
        }
        if bytes.get(8) == Some(&b'{') { Self::from_safetensors(bytes) } else { Err(WeightsError::UnknownFormat) }
    }

    /// A copy whose names went through a function; tensors for which it gives `None` are left out.
    #[must_use]
    pub fn renamed(self, rename: impl Fn(&str) -> Option<String>) -> Self {
        Self(self.0.into_iter().filter_map(|(name, array)| Some((rename(&name)?, array))).collect())
    }

    /// Adds a tensor; its values must be finite and as many as its shape says.
    pub(crate) fn insert(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) -> Result<(), WeightsError> {
        if !values.iter().all(|value| value.is_finite()) {
            return Err(WeightsError::NotFinite(name));
        }
        self.0.insert(name, Array { shape, values });
        Ok(())
    }

    /// Takes a tensor out; its shape must be the wanted one.
    pub(crate) fn take(&mut self, name: &str, wanted: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let Array { shape, values } = self.0.remove(name).ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        if shape != wanted {
            return Err(WeightsError::Shape { name: name.to_owned(), found: shape, wanted: wanted.to_vec() });
        }
        Ok(values)
    }
}
