//! Amazon SageMaker's records (`application/x-recordio-protobuf`): named tensors and bytes as features and labels, one protobuf message
//! (`aialgs.data.Record`) in each record of a `.rec`.
//!
//! SageMaker's own Python never splits records at the magic word; ours are split, as MXNet's rule wants. Both are read by
//! [`RecordReader`](super::RecordReader) and [`RecordSlice`](super::RecordSlice).

mod decode;
mod encode;
mod wire;

use std::collections::BTreeMap;

pub use wire::WireError;

/// One message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataRecord {
    /// Named inputs; plain vectors are called `values`.
    pub features: BTreeMap<String, Value>,
    /// Named labels; a plain one is called `values`.
    pub label: BTreeMap<String, Value>,
    pub uid: Option<String>,
    pub metadata: Option<String>,
    pub configuration: Option<String>,
}

/// A feature or label.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing was set.
    #[default]
    Unset,
    Float32(Tensor<f32>),
    Float64(Tensor<f64>),
    Int32(Tensor<i32>),
    Bytes {
        values: Vec<Vec<u8>>,
        /// For example `image/jpeg`.
        content_type: Option<String>,
    },
}

/// Numbers, dense or sparse.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    pub values: Vec<T>,
    /// For sparse tensors the place of each value.
    pub keys: Vec<u64>,
    /// Empty for plain vectors.
    pub shape: Vec<u64>,
}

impl<T> Default for Tensor<T> {
    fn default() -> Self {
        Self { values: Vec::new(), keys: Vec::new(), shape: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Tensor<T> {
    fn from(values: Vec<T>) -> Self {
        Self { values, ..Self::default() }
    }
}

impl Value {
    /// One file with its type.
    #[must_use]
    pub fn file(bytes: Vec<u8>, content_type: &str) -> Self {
        Self::Bytes { values: vec![bytes], content_type: Some(content_type.to_owned()) }
    }
}

impl DataRecord {
    /// A plain vector with one number as its label.
    #[must_use]
    pub fn vector(values: Vec<f32>, label: f32) -> Self {
        let named = |values: Vec<f32>| BTreeMap::from([("values".to_owned(), Value::Float32(values.into()))]);
        Self { features: named(values), label: named(vec![label]), ..Self::default() }
    }

    /// The bytes of the message. The same record always gives the same bytes: names in the order of their bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode::record(self)
    }

    /// Reads a message. Fields that are not known are skipped.
    ///
    /// # Errors
    /// The bytes are no such message.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        decode::record(bytes)
    }
}
