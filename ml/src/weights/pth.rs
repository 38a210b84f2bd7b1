//! PyTorch's files: the zip archive that `torch.save` writes since version 1.6, and the stream of pickles from before.

use std::{
    collections::{BTreeMap, HashMap},
    io::{Cursor, Read},
};

use half::{bf16, f16};
use zip::{CompressionMethod, ZipArchive};

use super::{
    NamedTensors, WeightsError,
    pickle::{self, PickleError, Pickled, TensorRef, Value},
};

/// Names under which training programs keep the weights inside of a checkpoint.
const NESTED: [&str; 5] = ["state_dict", "model_state_dict", "model", "net", "weights"];

/// Reads every floating-point tensor of a file.
pub(super) fn read(bytes: &[u8]) -> Result<NamedTensors, WeightsError> {
    if bytes.starts_with(b"PK") { read_zip(bytes) } else { read_stream(bytes) }
}

fn damaged(what: impl ToString) -> WeightsError {
    WeightsError::Damaged(what.to_string())
}

fn read_zip(bytes: &[u8]) -> Result<NamedTensors, WeightsError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut names = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned()));
    let index = names.find(|name| name.ends_with("/data.pkl") || name == "data.pkl");
    drop(names);
    let index = index.ok_or_else(|| damaged("it has no data.pkl"))?;
    let folder = index.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    let big = entry(&mut archive, &format!("{folder}byteorder"), bytes.len()).is_ok_and(|order| order == b"big");
    if big {
        return Err(damaged("its numbers are in big-endian order"));
    }
    let pickled = pickle::read(&entry(&mut archive, &index, bytes.len())?)?;
    let mut storages = HashMap::new();
    let tensors = tensors(&pickled)?;
    for storage in tensors.values().map(|tensor| Storage::of(&pickled, tensor)) {
        let storage = storage?;
        if !storages.contains_key(&storage.key) {
            storages.insert(storage.key.clone(), entry(&mut archive, &format!("{folder}data/{}", storage.key), bytes.len())?);
        }
    }
    gather(&pickled, &tensors, &|key| storages.get(key).map(Vec::as_slice))
}

/// One file of the archive, which must not be compressed (PyTorch's never are), so that it can't be larger than the archive.
fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, bound: usize) -> Result<Vec<u8>, WeightsError> {
    let file = archive.by_name(name).map_err(|error| damaged(format!("{name}: {error}")))?;
    if file.compression() != CompressionMethod::Stored {
        return Err(damaged(format!("{name} is compressed")));
    }
    let mut out = Vec::new();
    file.take(bound as u64).read_to_end(&mut out).map_err(|error| damaged(format!("{name}: {error}")))?;
    Ok(out)
}

/// The older layout: magic number, version, description of the machine, the object, the keys of the storages, and then the storages.
fn read_stream(bytes: &[u8]) -> Result<NamedTensors, WeightsError> {
    let mut rest = bytes;
    let mut next = || -> Result<Pickled, WeightsError> {
        let pickled = pickle::read(rest)?;
        rest = rest.get(pickled.length..).unwrap_or_default();
        Ok(pickled)
    };
    let (magic, version, _machine, object, keys) = (next()?, next()?, next()?, next()?, next()?);
    if *magic.get(magic.result) != Value::Bytes || *version.get(version.result) != Value::Int(1001) {
        return Err(damaged("it is a pickle, but not one of PyTorch's"));
    }
    let Value::List(list) = keys.get(keys.result) else { return Err(damaged("the list of storages is missing")) };
    let tensors = tensors(&object)?;
    let mut sizes = HashMap::new();
    for tensor in tensors.values() {
        let storage = Storage::of(&object, tensor)?;
        sizes.insert(storage.key, storage.width);
    }
    let mut storages: HashMap<&str, &[u8]> = HashMap::new();
    for key in list {
        let Value::Text(key) = keys.get(*key) else { return Err(damaged("a storage has no name")) };
        let count = rest.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)).ok_or_else(|| damaged("it ends too early"))?;
        // A storage that no tensor of ours uses tells nobody how wide its values are, so what follows can't be found.
        let width = *sizes.get(key).ok_or_else(|| damaged(format!("the storage {key} belongs to no tensor")))?;
        let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(width)).and_then(|length| length.checked_add(8));
        let storage = length.and_then(|end| rest.get(8..end)).ok_or_else(|| damaged("it ends too early"))?;
        storages.insert(key, storage);
        rest = &rest[8 + storage.len()..];
    }
    gather(&object, &tensors, &|key| storages.get(key).copied())
}

/// The tensors of the dictionary that is the result, or of the one that it keeps the weights in. Other entries, such as counters, are left out.
fn tensors(pickled: &Pickled) -> Result<BTreeMap<String, TensorRef>, PickleError> {
    let mut result = pickled.result;
    for _ in 0..2 {
        let Value::Dict(entries) = pickled.get(result) else { return Err(PickleError::NoTensors) };
        let named = entries.iter().filter_map(|&(key, value)| match pickled.get(key) {
            Value::Text(name) => Some((name, value)),
            _ => None,
        });
        let found: BTreeMap<String, TensorRef> = named
            .clone()
            .filter_map(|(name, value)| match pickled.get(value) {
                Value::Tensor(tensor) => Some((name.clone(), tensor.clone())),
                _ => None,
            })
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut inner = named.filter(|(name, value)| NESTED.contains(&name.as_str()) && matches!(pickled.get(*value), Value::Dict(_)));
        result = inner.next().ok_or(PickleError::NoTensors)?.1;
    }
    Err(PickleError::NoTensors)
}

/// What a tensor's persistent id says.
struct Storage {
    key: String,
    kind: String,
    /// Bytes a value.
    width: usize,
}

impl Storage {
    fn of(pickled: &Pickled, tensor: &TensorRef) -> Result<Self, WeightsError> {
        let Value::Persistent(parts) = pickled.get(tensor.storage) else { return Err(damaged("a tensor has no storage")) };
        let [_, kind, key, ..] = parts.as_slice() else { return Err(damaged("a storage is not described")) };
        let (Value::Storage(kind), Value::Text(key)) = (pickled.get(*kind), pickled.get(*key)) else {
            return Err(damaged("a storage is not described"));
        };
        let width = match kind.as_str() {
            "DoubleStorage" | "LongStorage" => 8,
            "FloatStorage" | "IntStorage" => 4,
            "HalfStorage" | "BFloat16Storage" | "ShortStorage" => 2,
            "ByteStorage" | "CharStorage" | "BoolStorage" => 1,
            other => return Err(damaged(format!("it has numbers of the unknown type {other}"))),
        };
        Ok(Self { key: key.clone(), kind: kind.clone(), width })
    }
}

fn gather<'a>(
    pickled: &Pickled,
    tensors: &BTreeMap<String, TensorRef>,
    bytes_of: &dyn Fn(&str) -> Option<&'a [u8]>,
) -> Result<NamedTensors, WeightsError> {
    let mut out = NamedTensors::default();
    for (name, tensor) in tensors {
        let storage = Storage::of(pickled, tensor)?;
        let value: fn(&[u8]) -> f32 = match storage.kind.as_str() {
            "DoubleStorage" => |bytes| bytes.try_into().map_or(f32::NAN, |bytes| f64::from_le_bytes(bytes) as f32),
            "FloatStorage" => |bytes| bytes.try_into().map_or(f32::NAN, f32::from_le_bytes),
            "HalfStorage" => |bytes| bytes.try_into().map_or(f32::NAN, |bytes| f16::from_le_bytes(bytes).to_f32()),
            "BFloat16Storage" => |bytes| bytes.try_into().map_or(f32::NAN, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            _ => continue,
        };
        let bytes = bytes_of(&storage.key).ok_or_else(|| damaged(format!("the values of {name} are missing")))?;
        let places = places(tensor, bytes.len() / storage.width).ok_or_else(|| damaged(format!("{name} reaches beyond its values")))?;
        let values = places.into_iter().map(|place| value(&bytes[place * storage.width..][..storage.width])).collect();
        out.insert(name.clone(), tensor.shape.iter().map(|&side| side as usize).collect(), values)?;
    }
    Ok(out)
}

/// Where each value of a tensor lies in its storage of `available` values. `None` if any lies outside, or the tensor has more values than that.
fn places(tensor: &TensorRef, available: usize) -> Option<Vec<usize>> {
    if tensor.shape.len() != tensor.strides.len() {
        return None;
    }
    let mut places = vec![usize::try_from(tensor.offset).ok()?];
    for (&side, &stride) in tensor.shape.iter().zip(&tensor.strides) {
        let (side, stride) = (usize::try_from(side).ok()?, usize::try_from(stride).ok()?);
        if places.len().checked_mul(side)? > available {
            return None;
        }
        let mut next = Vec::with_capacity(places.len() * side);
        for place in &places {
            for step in 0..side {
                next.push(step.checked_mul(stride)?.checked_add(*place)?);
            }
        }
        places = next;
    }
    places.iter().all(|&place| place < available).then_some(places)
}
