//! Records as protobuf messages.

use std::collections::BTreeMap;

use super::wire::{put_bytes, put_varint};
use super::{DataRecord, Tensor, Value};

pub(super) fn record(record: &DataRecord) -> Vec<u8> {
    let mut out = Vec::new();
    for (field, values) in [(1, &record.features), (2, &record.label)] {
        map(field, values, &mut out);
    }
    for (field, text) in [(3, &record.uid), (4, &record.metadata), (5, &record.configuration)] {
        if let Some(text) = text {
            put_bytes(field, text.as_bytes(), &mut out);
        }
    }
    out
}

fn map(field: u8, values: &BTreeMap<String, Value>, out: &mut Vec<u8>) {
    for (name, of) in values {
        let mut entry = Vec::new();
        put_bytes(1, name.as_bytes(), &mut entry);
        put_bytes(2, &value(of), &mut entry);
        put_bytes(field, &entry, out);
    }
}

fn value(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    match value {
        Value::Unset => {}
        Value::Float32(of) => put_bytes(2, &tensor(of, |value, out| out.extend(value.to_le_bytes())), &mut out),
        Value::Float64(of) => put_bytes(3, &tensor(of, |value, out| out.extend(value.to_le_bytes())), &mut out),
        // Negative numbers are written with all their 64 bits.
        Value::Int32(of) => put_bytes(7, &tensor(of, |value, out| put_varint(i64::from(*value) as u64, out)), &mut out),
        Value::Bytes { values, content_type } => {
            let mut bytes = Vec::new();
            values.iter().for_each(|value| put_bytes(1, value, &mut bytes));
            if let Some(text) = content_type {
                put_bytes(2, text.as_bytes(), &mut bytes);
            }
            put_bytes(9, &bytes, &mut out);
        }
    }
    out
}

fn tensor<T>(tensor: &Tensor<T>, put: fn(&T, &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    packed(1, &tensor.values, put, &mut out);
    packed(2, &tensor.keys, |key, out| put_varint(*key, out), &mut out);
    packed(3, &tensor.shape, |side, out| put_varint(*side, out), &mut out);
    out
}

fn packed<T>(field: u8, items: &[T], put: fn(&T, &mut Vec<u8>), out: &mut Vec<u8>) {
    if !items.is_empty() {
        let mut bytes = Vec::new();
        items.iter().for_each(|item| put(item, &mut bytes));
        put_bytes(field, &bytes, out);
    }
}
