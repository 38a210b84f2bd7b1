//! Protobuf messages as records. As protobuf wants, numbers may stand packed or one by one, the last of several texts counts, and
//! messages that come several times are merged.

use std::collections::BTreeMap;

use super::wire::{Field, Part, WireError};
use super::{DataRecord, Tensor, Value};

pub(super) fn record(bytes: &[u8]) -> Result<DataRecord, WireError> {
    let mut message = Part::whole(bytes);
    let mut record = DataRecord::default();
    while let Some(field) = message.field()? {
        match field {
            (1, Field::Bytes(part)) => entry(part, &mut record.features)?,
            (2, Field::Bytes(part)) => entry(part, &mut record.label)?,
            (3, Field::Bytes(part)) => record.uid = Some(part.text()?),
            (4, Field::Bytes(part)) => record.metadata = Some(part.text()?),
            (5, Field::Bytes(part)) => record.configuration = Some(part.text()?),
            _ => {}
        }
    }
    Ok(record)
}

fn entry(mut message: Part<'_>, map: &mut BTreeMap<String, Value>) -> Result<(), WireError> {
    let (mut name, mut held) = (String::new(), Value::Unset);
    while let Some(field) = message.field()? {
        match field {
            (1, Field::Bytes(part)) => name = part.text()?,
            (2, Field::Bytes(part)) => value(part, &mut held)?,
            _ => {}
        }
    }
    map.insert(name, held);
    Ok(())
}

fn value(mut message: Part<'_>, held: &mut Value) -> Result<(), WireError> {
    while let Some(field) = message.field()? {
        let (number, Field::Bytes(part)) = field else { continue };
        match number {
            2 => {
                let mut of = if let Value::Float32(of) = std::mem::take(held) { of } else { Tensor::default() };
                tensor(part, &mut of, fixed32)?;
                *held = Value::Float32(of);
            }
            3 => {
                let mut of = if let Value::Float64(of) = std::mem::take(held) { of } else { Tensor::default() };
                tensor(part, &mut of, fixed64)?;
                *held = Value::Float64(of);
            }
            7 => {
                let mut of = if let Value::Int32(of) = std::mem::take(held) { of } else { Tensor::default() };
                // The lower half of a 64-bit number, as protobuf cuts it.
                tensor(part, &mut of, |field, values| varints(field, |number| values.push(number as i32)))?;
                *held = Value::Int32(of);
            }
            9 => {
                let old = std::mem::take(held);
                let (mut values, mut content_type) =
                    if let Value::Bytes { values, content_type } = old { (values, content_type) } else { (Vec::new(), None) };
                files(part, &mut values, &mut content_type)?;
                *held = Value::Bytes { values, content_type };
            }
            _ => {}
        }
    }
    Ok(())
}

fn files(mut message: Part<'_>, values: &mut Vec<Vec<u8>>, content_type: &mut Option<String>) -> Result<(), WireError> {
    while let Some(field) = message.field()? {
        match field {
            (1, Field::Bytes(part)) => values.push(part.bytes.to_vec()),
            (2, Field::Bytes(part)) => *content_type = Some(part.text()?),
            _ => {}
        }
    }
    Ok(())
}

type Take<T> = fn(Field<'_>, &mut Vec<T>) -> Result<(), WireError>;

fn tensor<T>(mut message: Part<'_>, tensor: &mut Tensor<T>, take: Take<T>) -> Result<(), WireError> {
    while let Some((number, field)) = message.field()? {
        match number {
            1 => take(field, &mut tensor.values)?,
            2 => varints(field, |key| tensor.keys.push(key))?,
            3 => varints(field, |side| tensor.shape.push(side))?,
            _ => {}
        }
    }
    Ok(())
}

fn varints(field: Field<'_>, mut each: impl FnMut(u64)) -> Result<(), WireError> {
    match field {
        Field::Varint(number) => each(number),
        Field::Bytes(mut part) => {
            while !part.bytes.is_empty() {
                each(part.varint()?);
            }
        }
        Field::Fixed32(_) | Field::Fixed64(_) => {}
    }
    Ok(())
}

fn fixed32(field: Field<'_>, values: &mut Vec<f32>) -> Result<(), WireError> {
    match field {
        Field::Fixed32(bytes) => values.push(f32::from_le_bytes(bytes)),
        Field::Bytes(mut part) => {
            while !part.bytes.is_empty() {
                values.push(f32::from_le_bytes(part.array()?));
            }
        }
        Field::Varint(_) | Field::Fixed64(_) => {}
    }
    Ok(())
}

fn fixed64(field: Field<'_>, values: &mut Vec<f64>) -> Result<(), WireError> {
    match field {
        Field::Fixed64(bytes) => values.push(f64::from_le_bytes(bytes)),
        Field::Bytes(mut part) => {
            while !part.bytes.is_empty() {
                values.push(f64::from_le_bytes(part.array()?));
            }
        }
        Field::Varint(_) | Field::Fixed32(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::wire::{put_bytes, put_varint};
    use super::*;

    #[test]
    fn everything_survives() {
        let mut record = DataRecord::vector(vec![1.5, f32::MIN], 3.0);
        let sparse = Tensor { values: vec![-1, i32::MAX], keys: vec![0, u64::MAX], shape: vec![1 << 40] };
        record.features.insert("sparse".into(), Value::Int32(sparse));
        record.features.insert("exact".into(), Value::Float64(vec![0.1].into()));
        record.label.insert("mask".into(), Value::file(vec![1, 2, 3], "image/png"));
        record.label.insert(String::new(), Value::Unset);
        (record.uid, record.metadata, record.configuration) = (Some("é".into()), Some(String::new()), Some("c".into()));
        assert_eq!(DataRecord::decode(&record.encode()), Ok(record));
    }

    #[test]
    fn numbers_one_by_one_are_read_too() {
        let mut tensor = vec![1 << 3 | 5];
        tensor.extend(2.5f32.to_le_bytes());
        tensor.push(2 << 3);
        put_varint(300, &mut tensor);
        let (mut value, mut entry, mut record) = (Vec::new(), Vec::new(), Vec::new());
        // An unknown field is skipped.
        put_bytes(15, b"new", &mut value);
        put_bytes(2, &tensor, &mut value);
        put_bytes(1, b"values", &mut entry);
        put_bytes(2, &value, &mut entry);
        put_bytes(1, &entry, &mut record);
        let read = DataRecord::decode(&record).unwrap();
        let expected = Tensor { values: vec![2.5], keys: vec![300], shape: vec![] };
        assert_eq!(read.features["values"], Value::Float32(expected));
    }

    #[test]
    fn lies_are_refused() {
        assert_eq!(DataRecord::decode(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), Err(WireError::Truncated { offset: 0 }));
        assert_eq!(DataRecord::decode(&[0x80; 11]), Err(WireError::LongNumber { offset: 0 }));
        assert_eq!(DataRecord::decode(&[0x0b]), Err(WireError::Kind { offset: 0, kind: 3 }));
        assert_eq!(DataRecord::decode(&[0x1a, 1, 0xff]), Err(WireError::NotText { offset: 2 }));
    }
}
