//! A reader of pickles that knows tensors only.
//!
//! Python's pickle is a program for a small stack machine, which may call any function of the reader. This machine calls nothing: it knows
//! numbers, texts, tuples, lists, dictionaries, and the three constructors that PyTorch writes for tensors; any other function is an error
//! that names it. Values live in one list and refer to each other by index, so memory is bounded by the length of the pickle: what is
//! repeated by the memo is not copied.

use std::collections::HashMap;

/// Why a pickle isn't read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    #[error("it asks to run {0}, which is not a tensor; save only the weights (`torch.save(model.state_dict(), …)`)")]
    Refused(String),
    #[error("it uses the pickle instruction {0:#04x}, which files of weights don't have; save only the weights")]
    Instruction(u8),
    #[error("it ends too early or refers to what isn't there (at byte {0})")]
    Damaged(usize),
    #[error("it holds no dictionary of tensors; save the weights by `torch.save(model.state_dict(), …)`")]
    NoTensors,
}

/// A value's place in the list of values.
pub(super) type Index = usize;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Mark,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes,
    Tuple(Vec<Index>),
    List(Vec<Index>),
    Dict(Vec<(Index, Index)>),
    Constructor(Constructor),
    /// The name of a type of numbers, as `torch.FloatStorage`.
    Storage(String),
    /// What a persistent id names: the storage's type, key and number of values.
    Persistent(Vec<Index>),
    Tensor(TensorRef),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constructor {
    OrderedDict,
    Tensor,
    Parameter,
    Size,
}

/// A view of a storage.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TensorRef {
    /// Index of a [`Value::Persistent`].
    pub(super) storage: Index,
    pub(super) offset: i64,
    pub(super) shape: Vec<i64>,
    pub(super) strides: Vec<i64>,
}

/// What a pickle left behind: all its values, and which one is the result.
pub(super) struct Pickled {
    pub(super) values: Vec<Value>,
    pub(super) result: Index,
    /// How many bytes it took.
    pub(super) length: usize,
}

impl Pickled {
    pub(super) fn get(&self, index: Index) -> &Value {
        self.values.get(index).unwrap_or(&Value::None)
    }
}

/// Reads one pickle from the beginning of the bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Pickled, PickleError> {
    let mut machine = Machine { bytes, at: 0, values: Vec::new(), stack: Vec::new(), memo: HashMap::new() };
    loop {
        let instruction = machine.byte()?;
        if instruction == b'.' {
            let result = machine.pop()?;
            return Ok(Pickled { values: machine.values, result, length: machine.at });
        }
        machine.step(instruction)?;
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<Index>,
    memo: HashMap<u32, Index>,
}

impl<'a> Machine<'a> {
    fn step(&mut self, instruction: u8) -> Result<(), PickleError> {
        match instruction {
            0x80 => drop(self.byte()?),
            0x95 => drop(self.take(8)?),
            b'(' => self.push(Value::Mark),
            b'N' => self.push(Value::None),
            0x88 => self.push(Value::Bool(true)),
            0x89 => self.push(Value::Bool(false)),
            b'K' => self.number(1)?,
            b'M' => self.number(2)?,
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.push(Value::Int(i64::from(value)));
            }
            0x8a => self.long()?,
            b'G' => {
                let value = f64::from_be_bytes(self.array()?);
                self.push(Value::Float(value));
            }
            b'X' => self.text(4)?,
            0x8c => self.text(1)?,
            b'U' => self.text(1)?,
            b'T' => self.text(4)?,
            b'C' => self.skip_bytes(1)?,
            b'B' => self.skip_bytes(4)?,
            b')' => self.push(Value::Tuple(Vec::new())),
            b']' => self.push(Value::List(Vec::new())),
            b'}' => self.push(Value::Dict(Vec::new())),
            b't' => {
                let items = self.since_mark()?;
                self.push(Value::Tuple(items));
            }
            0x85..=0x87 => {
                let count = usize::from(instruction - 0x84);
                let items = self.split(count)?;
                self.push(Value::Tuple(items));
            }
            b'a' => {
                let item = self.pop()?;
                self.extend(&[item])?;
            }
            b'e' => {
                let items = self.since_mark()?;
                self.extend(&items)?;
            }
            b's' => {
                let items = self.split(2)?;
                self.set(&items)?;
            }
            b'u' => {
                let items = self.since_mark()?;
                self.set(&items)?;
            }
            b'q' => {
                let key = u32::from(self.byte()?);
                self.remember(key)?;
            }
            b'r' => {
                let key = u32::from_le_bytes(self.array()?);
                self.remember(key)?;
            }
            0x94 => self.remember(self.memo.len() as u32)?,
            b'h' => {
                let key = u32::from(self.byte()?);
                self.recall(key)?;
            }
            b'j' => {
                let key = u32::from_le_bytes(self.array()?);
                self.recall(key)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.global(&module, &name)?;
            }
            0x93 => {
                let names = self.split(2)?;
                let [Value::Text(module), Value::Text(name)] = [self.value(names[0])?.clone(), self.value(names[1])?.clone()] else {
                    return Err(self.damaged());
                };
                self.global(&module, &name)?;
            }
            b'Q' => {
                let id = self.pop()?;
                let Value::Tuple(parts) = self.value(id)?.clone() else { return Err(self.damaged()) };
                self.push(Value::Persistent(parts));
            }
            b'R' => self.reduce()?,
            // State of an ordered dictionary: metadata of versions, which weights don't need.
            b'b' => {
                let (_, target) = (self.pop()?, self.top()?);
                if !matches!(self.value(target)?, Value::Dict(_)) {
                    return Err(PickleError::Instruction(instruction));
                }
            }
            other => return Err(PickleError::Instruction(other)),
        }
        Ok(())
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), PickleError> {
        let value = match (module, name) {
            ("collections", "OrderedDict") => Value::Constructor(Constructor::OrderedDict),
            ("torch._utils", "_rebuild_tensor_v2") => Value::Constructor(Constructor::Tensor),
            ("torch._utils", "_rebuild_parameter") => Value::Constructor(Constructor::Parameter),
            ("torch", "Size") => Value::Constructor(Constructor::Size),
            ("torch", name) if name.ends_with("Storage") => Value::Storage(name.to_owned()),
            _ => return Err(PickleError::Refused(format!("{module}.{name}"))),
        };
        self.push(value);
        Ok(())
    }

    fn reduce(&mut self) -> Result<(), PickleError> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        let Value::Tuple(arguments) = self.value(arguments)?.clone() else { return Err(self.damaged()) };
        let Value::Constructor(constructor) = *self.value(function)? else { return Err(self.damaged()) };
        match (constructor, arguments.as_slice()) {
            // An ordered dictionary may be made with a list of pairs, but PyTorch makes it empty.
            (Constructor::OrderedDict, []) => self.push(Value::Dict(Vec::new())),
            (Constructor::Parameter, [tensor, ..]) => self.stack.push(*tensor),
            (Constructor::Size, [sizes]) => self.stack.push(*sizes),
            (Constructor::Tensor, [storage, offset, shape, strides, ..]) => {
                if !matches!(self.value(*storage)?, Value::Persistent(_)) {
                    return Err(self.damaged());
                }
                let &Value::Int(offset) = self.value(*offset)? else { return Err(self.damaged()) };
                let (shape, strides) = (self.integers(*shape)?, self.integers(*strides)?);
                self.push(Value::Tensor(TensorRef { storage: *storage, offset, shape, strides }));
            }
            _ => return Err(self.damaged()),
        }
        Ok(())
    }

    fn integers(&self, tuple: Index) -> Result<Vec<i64>, PickleError> {
        let Value::Tuple(items) = self.value(tuple)? else { return Err(self.damaged()) };
        // No tensor has so many axes; the bound keeps a repeated tuple from growing.
        if items.len() > 16 {
            return Err(self.damaged());
        }
        let integer = |&item: &Index| if let Value::Int(value) = self.value(item)? { Ok(*value) } else { Err(self.damaged()) };
        items.iter().map(integer).collect()
    }

    fn extend(&mut self, items: &[Index]) -> Result<(), PickleError> {
        let target = self.top()?;
        match self.values.get_mut(target) {
            Some(Value::List(list)) => list.extend_from_slice(items),
            _ => return Err(self.damaged()),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Index]) -> Result<(), PickleError> {
        let target = self.top()?;
        let pairs = items.as_chunks::<2>();
        match self.values.get_mut(target) {
            Some(Value::Dict(dict)) if pairs.1.is_empty() => dict.extend(pairs.0.iter().map(|&[key, value]| (key, value))),
            _ => return Err(self.damaged()),
        }
        Ok(())
    }

    fn remember(&mut self, key: u32) -> Result<(), PickleError> {
        let top = self.top()?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), PickleError> {
        let index = *self.memo.get(&key).ok_or_else(|| self.damaged())?;
        self.stack.push(index);
        Ok(())
    }

    fn number(&mut self, bytes: usize) -> Result<(), PickleError> {
        let value = self.length(bytes)?;
        self.push(Value::Int(value as i64));
        Ok(())
    }

    /// A whole number of up to eight bytes, or a longer one (the format's magic number), which is only skipped.
    fn long(&mut self) -> Result<(), PickleError> {
        let count = usize::from(self.byte()?);
        let bytes = self.take(count)?;
        let value = if count <= 8 {
            let sign = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
            let mut wide = [sign; 8];
            wide[..count].copy_from_slice(bytes);
            Value::Int(i64::from_le_bytes(wide))
        } else {
            Value::Bytes
        };
        self.push(value);
        Ok(())
    }

    fn text(&mut self, bytes: usize) -> Result<(), PickleError> {
        let length = self.length(bytes)?;
        let text = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.push(Value::Text(text));
        Ok(())
    }

    fn skip_bytes(&mut self, bytes: usize) -> Result<(), PickleError> {
        let length = self.length(bytes)?;
        self.take(length)?;
        self.push(Value::Bytes);
        Ok(())
    }

    /// An unsigned number of one to four bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, PickleError> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    }

    fn line(&mut self) -> Result<String, PickleError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n').ok_or_else(|| self.damaged())?;
        let text = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length + 1;
        Ok(text)
    }

    fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PickleError> {
        let taken = self.at.checked_add(count).and_then(|end| self.bytes.get(self.at..end)).ok_or_else(|| self.damaged())?;
        self.at += count;
        Ok(taken)
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<Index, PickleError> {
        self.stack.pop().ok_or_else(|| self.damaged())
    }

    fn top(&self) -> Result<Index, PickleError> {
        self.stack.last().copied().ok_or_else(|| self.damaged())
    }

    /// The last values of the stack, taken off.
    fn split(&mut self, count: usize) -> Result<Vec<Index>, PickleError> {
        let from = self.stack.len().checked_sub(count).ok_or_else(|| self.damaged())?;
        Ok(self.stack.split_off(from))
    }

    fn since_mark(&mut self) -> Result<Vec<Index>, PickleError> {
        let mark = self.stack.iter().rposition(|&index| self.values.get(index) == Some(&Value::Mark)).ok_or_else(|| self.damaged())?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    fn value(&self, index: Index) -> Result<&Value, PickleError> {
        self.values.get(index).ok_or_else(|| self.damaged())
    }

    fn damaged(&self) -> PickleError {
        PickleError::Damaged(self.at)
    }
}
