//! Reading, one task at a time.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::regions::geometry;
use super::task::{Answer, Region, Task};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem};
use crate::formats::classes::{CLASSES_FILE, read_classes};
use crate::formats::support::{Elements, MAX_TEXT, NamesFound, Read, by_name, locate, numbered, picture_size, read_whole, settings};
use crate::geometry::Mask;
use crate::schema::Schema;
use crate::shape::{Geometry, Shape};

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    predictions: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { predictions: true }
    }
}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    names: HashMap<String, u8>,
    options: Options,
    tasks: Tasks,
    losses: Losses,
}

/// The files that may hold tasks.
pub(super) fn task_files(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| name.ends_with(".json") && *name != CLASSES_FILE).cloned().collect()
}

/// All tasks of all files, as text.
struct Tasks {
    files: std::vec::IntoIter<String>,
    open: Option<(String, Elements)>,
}

impl Tasks {
    fn new(files: Vec<String>) -> Self {
        Self { files: files.into_iter(), open: None }
    }

    /// The next task in `text`, and where it is.
    fn next(&mut self, input: &dyn Input, text: &mut Vec<u8>) -> Result<Option<(String, u64)>, ExchangeError> {
        loop {
            if let Some((name, mut elements)) = self.open.take()
                && let Some(place) = elements.element(text)?
            {
                let found = (name.clone(), u64::from(place.line));
                self.open = Some((name, elements));
                return Ok(Some(found));
            }
            let Some(name) = self.files.next() else { return Ok(None) };
            match Elements::open_array(input, &name)? {
                Some(elements) => self.open = Some((name, elements)),
                None => {
                    *text = read_whole(input, &name, MAX_TEXT)?;
                    return Ok(Some((name, 1)));
                }
            }
        }
    }
}

fn parse(text: &[u8], (file, line): &(String, u64)) -> Result<Task, ExchangeError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(text).map_err(|error| ExchangeError::image(format!("{file}, line {line}"), error))
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let options: Options = settings(options)?;
    let files = task_files(&input.list("").map_err(ExchangeError::io("the dataset"))?);
    if files.is_empty() {
        return Err(ExchangeError::Format("there is no JSON file with tasks".into()));
    }
    let schema = match read_classes(input.as_ref())? {
        Some(schema) => schema,
        None => labels_in(input.as_ref(), files.clone(), options.predictions)?,
    };
    let names = by_name(&schema);
    Ok(Box::new(Reader { input, schema, names, options, tasks: Tasks::new(files), losses: Losses::default() }))
}

/// The labels of all answers that count. All tasks are read for that: an export doesn't list its classes.
fn labels_in(input: &dyn Input, files: Vec<String>, predictions: bool) -> Result<Schema, ExchangeError> {
    let (mut tasks, mut text, mut names) = (Tasks::new(files), Vec::new(), NamesFound::default());
    while let Some(place) = tasks.next(input, &mut text)? {
        // A task that can't be read is reported when it is its turn.
        let Ok(task) = parse(&text, &place) else { continue };
        let regions = task.answer(predictions).0.into_iter().flat_map(|answer| &answer.result);
        regions.flat_map(Region::labels).for_each(|label| names.add(label));
    }
    names.schema()
}

fn sure(score: Option<f64>) -> Option<f32> {
    score.map(|score| score as f32).filter(|score| (0.0..=1.0).contains(score))
}

impl Reader {
    fn size(&self, answer: Option<&Answer>, picture: Option<&str>) -> Result<(u32, u32), String> {
        let side = |side: Option<f64>| side.filter(|&side| side >= 1.0 && side <= f64::from(u32::MAX)).map(|side| side as u32);
        let told = |region: &Region| side(region.original_width).zip(side(region.original_height));
        match (answer.and_then(|answer| answer.result.iter().find_map(told)), picture) {
            (Some(size), _) => Ok(size),
            (None, Some(picture)) => picture_size(self.input.as_ref(), picture).map_err(|error| error.to_string()),
            (None, None) => Err("the task tells no size, and there is no picture".to_owned()),
        }
    }

    fn region(&mut self, region: &Region, size: (u32, u32), name: &str) -> Result<Option<Read>, String> {
        let mut labels = region.labels();
        let Some(label) = labels.next() else {
            self.losses.add(Loss::Unsupported, name);
            return Ok(None);
        };
        let more = labels.map(|label| self.names.get(label).copied()).collect::<Vec<_>>();
        let class = self.names.get(label).copied().ok_or_else(|| format!("the class '{label}' is not listed"))?;
        let geometry = match geometry(region, size)? {
            Ok(geometry) => geometry,
            Err(loss) => {
                self.losses.add(loss, name);
                return Ok(None);
            }
        };
        if region.kind.starts_with("ellipse") {
            self.losses.add(Loss::Rounded, name);
        }
        // A region has one class here.
        self.losses.add_many(Loss::Unsupported, name, more.len() as u64);
        Ok(Some(Read {
            shape: Shape { class, instance: None, confidence: sure(region.score), attributes: crate::Attributes::new(), geometry },
            crowd: false,
        }))
    }

    fn item(&mut self, task: &Task, place: &(String, u64)) -> Result<ReadItem, ExchangeError> {
        let unnamed = || ExchangeError::image(format!("{}, line {}", place.0, place.1), "the task has no picture");
        let address = task.picture().ok_or_else(unnamed)?;
        let address = address.rsplit_once("?d=").map_or(address, |(_, path)| path);
        if address.starts_with("data:") {
            return Err(ExchangeError::image(format!("{}, line {}", place.0, place.1), "pictures within tasks are not taken"));
        }
        let (name, picture) = locate(self.input.as_ref(), &unescaped(address))?;
        let failed = |reason: String| ExchangeError::image(&name, reason);
        let (answer, machine, others) = task.answer(self.options.predictions);
        let size = self.size(answer, picture.as_deref()).map_err(failed)?;
        Mask::empty(size.0, size.1).map_err(|error| failed(error.to_string()))?;
        self.losses.add_many(Loss::Unsupported, &name, others);
        let regions = answer.map_or(&[][..], |answer| &answer.result);
        let mut read = Vec::with_capacity(regions.len());
        for region in regions {
            if region.kind == "choices" {
                // Each choice is a class of the whole image.
                for label in region.labels() {
                    let class = self.names.get(label).copied().ok_or_else(|| failed(format!("the class '{label}' is not listed")))?;
                    let shape = Shape {
                        class,
                        instance: None,
                        confidence: sure(region.score),
                        attributes: crate::Attributes::new(),
                        geometry: Geometry::Tag,
                    };
                    read.push(Read { shape, crowd: false });
                }
                continue;
            }
            read.extend(self.region(region, size, &name).map_err(failed)?);
        }
        let origin = answer.map_or_else(Origin::default, |answer| Origin {
            machine,
            confidence: sure(answer.score).filter(|_| machine),
            created_ms: answer.time(),
        });
        let shapes = numbered(read, &self.schema);
        Ok(ReadItem { item: Item { name, width: size.0, height: size.1, subset: None, shapes, origin }, picture })
    }
}

/// `%20` and the like as the bytes that they stand for, if that is text.
fn unescaped(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| Some(digit(bytes.get(at + 1))? * 16 + digit(bytes.get(at + 2))?)).flatten();
        out.push(code.map_or(bytes[at], |code| code as u8));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = Vec::new();
        let place = match self.tasks.next(self.input.as_ref(), &mut text) {
            Ok(place) => place?,
            Err(error) => {
                self.tasks = Tasks::new(Vec::new());
                return Some(Err(error));
            }
        };
        Some(parse(&text, &place).and_then(|task| self.item(&task, &place)))
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        None
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }
}
