//! All formats of exchange: what each is called, what it can hold, and how its reader and writer are made.

use std::io::{self, Read};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::exchange::{DatasetReader, DatasetWriter, ExchangeError, Input};
use crate::schema::Schema;

/// Every format, in the order in which people are shown them.
pub static FORMATS: &[&Format] = &[
    &super::record_sets::SEGMENTATION,
    &super::record_sets::BOXES,
    &super::record_sets::CLASSES,
    &super::coco::INSTANCES,
    &super::coco::PANOPTIC,
    &super::png_masks::FORMAT,
    &super::voc::FORMAT,
    &super::yolo::SEGMENTS,
    &super::yolo::BOXES,
    &super::cityscapes::FORMAT,
    &super::camvid::FORMAT,
    &super::labelme::FORMAT,
    &super::datumaro::FORMAT,
    &super::manifest::FORMAT,
    &super::cvat::FORMAT,
    &super::label_studio::FORMAT,
];

/// Makes a writer from the classes, the options (an object; `null` for all defaults) and, to go on, the last state.
pub type MakeWriter = fn(&Schema, &Value, Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError>;

/// Makes a reader from files and options.
pub type MakeReader = fn(Arc<dyn Input>, &Value) -> Result<Box<dyn DatasetReader>, ExchangeError>;

/// One format.
#[derive(Debug)]
pub struct Format {
    /// Short name for programs: lower case, with hyphens.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    pub holds: Holds,
    pub options: &'static [FormatOption],
    pub writer: Option<MakeWriter>,
    pub reader: Option<MakeReader>,
    /// Whether files look like this format; never reads more than the beginning of a few.
    pub detect: fn(&Clues<'_>) -> bool,
}

/// What a format can say. What it can't is counted as a [`Loss`](crate::exchange::Loss).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Holds {
    /// Outlines with their own coordinates, …
    pub polygons: bool,
    /// … with holes in them, …
    pub holes: bool,
    /// … and several of them as one shape.
    pub parts: bool,
    /// Exact pixels.
    pub masks: bool,
    pub boxes: bool,
    pub points: bool,
    /// Classes of the whole image.
    pub tags: bool,
    /// 'Not labeled', as something else than background.
    pub void: bool,
    /// Things of one class told apart.
    pub instances: bool,
    pub confidence: bool,
    /// Answers about single objects.
    pub attributes: bool,
    /// What an image is for.
    pub subsets: bool,
}

/// Something that can be chosen about a format.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FormatOption {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: OptionKind,
    /// Whether it is a reader's option rather than a writer's.
    pub reading: bool,
}

/// What an option may be. The first choice, and the value given here, are the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OptionKind {
    Flag(bool),
    Choice(&'static [&'static str]),
    Number(f64),
    /// A list of words; empty by default.
    Words,
}

impl FormatOption {
    /// The option that all formats with pictures have.
    pub const PICTURES: Self = Self::flag("pictures", true, "Copy the picture files, too; without, only labels are written.");

    /// A writer's option that is on or off.
    #[must_use]
    pub const fn flag(name: &'static str, default: bool, about: &'static str) -> Self {
        Self { name, about, kind: OptionKind::Flag(default), reading: false }
    }

    /// A writer's option with several choices, of which the first is the default.
    #[must_use]
    pub const fn choice(name: &'static str, choices: &'static [&'static str], about: &'static str) -> Self {
        Self { name, about, kind: OptionKind::Choice(choices), reading: false }
    }

    /// The same as a reader's option.
    #[must_use]
    pub const fn for_reading(mut self) -> Self {
        self.reading = true;
        self
    }
}

/// The format with that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.id == id)
}

fn known(id: &str, able: impl Fn(&Format) -> bool) -> Result<&'static Format, ExchangeError> {
    find(id).filter(|format| able(format)).ok_or_else(|| {
        let ids: Vec<_> = FORMATS.iter().filter(|format| able(format)).map(|format| format.id).collect();
        ExchangeError::Format(format!("'{id}' is not one of the formats {}", ids.join(", ")))
    })
}

/// A writer of the format `id`.
///
/// # Errors
/// There is no such format, it can't be written, or the options, the classes or the state don't suit it.
pub fn writer(id: &str, schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let format = known(id, |format| format.writer.is_some())?;
    match format.writer {
        Some(make) => make(schema, options, state),
        None => Err(ExchangeError::Format(format!("{} can't be written", format.title))),
    }
}

/// A reader of the format `id`.
///
/// # Errors
/// There is no such format, it can't be read, or the files are not such a dataset.
pub fn reader(id: &str, input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let format = known(id, |format| format.reader.is_some())?;
    match format.reader {
        Some(make) => make(input, options),
        None => Err(ExchangeError::Format(format!("{} can't be read", format.title))),
    }
}

/// The formats that files may be in, the likeliest first.
///
/// # Errors
/// The files can't be listed.
pub fn detect(input: &dyn Input) -> io::Result<Vec<&'static Format>> {
    let names = input.list("")?;
    let clues = Clues { input, names: &names };
    Ok(FORMATS.iter().copied().filter(|format| format.reader.is_some() && (format.detect)(&clues)).collect())
}

/// What can be seen of a dataset before it is read.
pub struct Clues<'a> {
    input: &'a dyn Input,
    /// All files, in the order of the bytes of their names.
    pub names: &'a [String],
}

impl Clues<'_> {
    /// Whether there is a file of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
    }

    /// The first file in that folder, at any depth, with that ending.
    #[must_use]
    pub fn first(&self, folder: &str, ending: &str) -> Option<&str> {
        let inside = |name: &&String| {
            (folder.is_empty() || name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))) && name.ends_with(ending)
        };
        self.names.iter().find(inside).map(String::as_str)
    }

    /// The first bytes of a file, at most `limit`; none if it can't be read.
    #[must_use]
    pub fn head(&self, name: &str, limit: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = self.input.open(name).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        if read.is_ok() { bytes } else { Vec::new() }
    }
}
