//! Reading.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::file::{File, Line, decoded};
use super::{CROWD, IGNORE};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name, stem};
use crate::formats::classes::{CLASSES_FILE, read_classes};
use crate::formats::support::{
    MAX_TEXT, NamesFound, Read, by_name, decode_base64, numbered, oval, picture_size, read_text, read_whole, schema_of, settings, size_of,
    split_folder,
};
use crate::geometry::{Mask, Polygon};
use crate::schema::{ClassKind, Schema, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    names: HashMap<String, u8>,
    files: std::vec::IntoIter<String>,
    count: u64,
    /// Whether everything lies below `images/`.
    below: bool,
    embedded: Option<Vec<u8>>,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut files = input.list("").map_err(ExchangeError::io("the dataset"))?;
    files.retain(|name| name.ends_with(".json") && name != CLASSES_FILE);
    if files.is_empty() {
        return Err(ExchangeError::Format("there are no JSON files: a dataset of this format has one beside each picture".into()));
    }
    let below = files.iter().all(|name| name.starts_with("images/"));
    let schema = match read_classes(input.as_ref())? {
        Some(schema) => schema,
        None => match listed(input.as_ref())? {
            Some(schema) => schema,
            None => labels_in(input.as_ref(), &files)?,
        },
    };
    let names = by_name(&schema);
    let (count, files) = (files.len() as u64, files.into_iter());
    Ok(Box::new(Reader { input, schema, names, files, count, below, embedded: None, losses: Losses::default() }))
}

/// The classes of `labels.txt`.
fn listed(input: &dyn Input) -> Result<Option<Schema>, ExchangeError> {
    let Some(text) = read_text(input, "labels.txt")? else { return Ok(None) };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !matches!(*line, IGNORE | "_background_"));
    let classes: Vec<_> = lines.map(|line| (line.to_owned(), None, ClassKind::Thing)).collect();
    schema_of(classes.into_iter()).map(Some)
}

/// The labels of all files, which are read for that.
fn labels_in(input: &dyn Input, files: &[String]) -> Result<Schema, ExchangeError> {
    let mut names = NamesFound::default();
    for file in files {
        // A file that can't be read is reported when it is its turn.
        let Ok(file) = open(input, file) else { continue };
        file.shapes.iter().map(|line| &line.label).for_each(|label| names.add(label));
        file.flags.iter().flatten().filter(|(_, on)| on.as_bool() == Some(true)).for_each(|(name, _)| names.add(name));
    }
    names.remove(IGNORE);
    names.schema()
}

fn open(input: &dyn Input, file: &str) -> Result<File, String> {
    let bytes = read_whole(input, file, MAX_TEXT).map_err(|error| error.to_string())?;
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).map_err(|error| format!("{file}: {error}"))
}

/// The path of a picture that is told from the folder of its file; none if it leads out of the dataset.
fn beside(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
    let slashed = path.replace('\\', "/");
    for part in slashed.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    safe_name(&parts.join("/")).ok()
}

impl Reader {
    fn class(&self, label: &str) -> Result<u8, String> {
        if label == IGNORE {
            return Ok(VOID);
        }
        self.names.get(label).copied().ok_or_else(|| format!("the class '{label}' is not listed"))
    }

    /// The picture's file, and the name of the image.
    fn picture(&self, path: &str, file: &File) -> (String, Option<String>) {
        let told = file.image_path.as_deref().and_then(|told| beside(path, told));
        let exists = |name: &String| matches!(self.input.size(name), Ok(Some(_)));
        let ending = file.image_path.as_deref().map_or(".png", |told| &told[stem(told).len()..]);
        let same_stem = format!("{}{ending}", stem(path));
        match told.filter(exists).or_else(|| Some(same_stem.clone()).filter(exists)) {
            Some(picture) => (picture.clone(), Some(picture)),
            None => (same_stem, None),
        }
    }

    fn size(&mut self, file: &File, picture: Option<&str>) -> Result<(u32, u32), String> {
        if let (Some(width), Some(height)) = (file.image_width, file.image_height) {
            return Ok((width, height));
        }
        match (picture, &self.embedded) {
            (Some(picture), _) => picture_size(self.input.as_ref(), picture).map_err(|error| error.to_string()),
            (None, Some(bytes)) => size_of(Cursor::new(bytes)).map_err(|error| format!("its imageData: {error}")),
            (None, None) => Err("it tells no size, and there is no picture".to_owned()),
        }
    }

    fn geometry(&mut self, line: &Line, (width, height): (u32, u32), name: &str) -> Result<Option<Geometry>, String> {
        let points = &line.points;
        let kind = line.shape_type.as_deref().unwrap_or("polygon");
        Ok(match (kind, points.as_slice()) {
            ("polygon" | "rotation" | "oriented_rectangle", [_, _, _, ..]) => Some(Geometry::Polygon(Polygon::simple(points.clone()))),
            ("rectangle", &[a, b]) => Some(Geometry::Box { corners: [a.x.min(b.x), a.y.min(b.y), a.x.max(b.x), a.y.max(b.y)] }),
            // Newer tools write all four corners.
            ("rectangle", &[a, b, c, d]) => {
                let (x, y) = ([a.x, b.x, c.x, d.x], [a.y, b.y, c.y, d.y]);
                let least = |values: [f64; 4]| values.into_iter().fold(f64::INFINITY, f64::min);
                let most = |values: [f64; 4]| values.into_iter().fold(f64::NEG_INFINITY, f64::max);
                Some(Geometry::Box { corners: [least(x), least(y), most(x), most(y)] })
            }
            ("circle", &[center, rim]) => {
                let radius = (rim.x - center.x).hypot(rim.y - center.y);
                self.losses.add(Loss::Rounded, name);
                Some(Geometry::Polygon(Polygon::simple(oval(center, (radius, radius), 0.0))))
            }
            ("point", &[point]) => Some(Geometry::Point { point }),
            ("mask", &[corner, ..]) => {
                let text = line.mask.as_deref().ok_or("a shape of the kind 'mask' has no mask")?;
                let mask = decoded(corner, text, width, height)?;
                let empty = mask.is_empty();
                self.losses.add_many(Loss::NoArea, name, u64::from(empty));
                (!empty).then_some(Geometry::Mask(mask))
            }
            ("polygon", _) => {
                self.losses.add(Loss::NoArea, name);
                None
            }
            _ => {
                self.losses.add(Loss::Unsupported, name);
                None
            }
        })
    }

    fn read(&mut self, path: &str) -> Result<ReadItem, ExchangeError> {
        let own = if self.below { &path["images/".len()..] } else { path };
        let early = |reason: String| ExchangeError::image(own, reason);
        let mut file = open(self.input.as_ref(), path).map_err(early)?;
        let (told, picture) = self.picture(path, &file);
        let told = if self.below { told.strip_prefix("images/").unwrap_or(&told) } else { &told };
        let (subset, name) = split_folder(told);
        let name = safe_name(name)?;
        let failed = |reason: String| ExchangeError::image(&name, reason);
        self.embedded = match (&picture, file.image_data.take()) {
            (None, Some(data)) => Some(decode_base64(&data).map_err(|reason| failed(format!("{path}: its imageData: {reason}")))?),
            _ => None,
        };
        let size = self.size(&file, picture.as_deref()).map_err(|reason| failed(format!("{path}: {reason}")))?;
        Mask::empty(size.0, size.1).map_err(|error| failed(format!("{path}: {error}")))?;
        let mut read = Vec::with_capacity(file.shapes.len());
        for line in &file.shapes {
            let class = self.class(&line.label).map_err(|reason| failed(format!("{path}: {reason}")))?;
            let Some(geometry) = self.geometry(line, size, &name).map_err(|reason| failed(format!("{path}: {reason}")))? else { continue };
            let on = |flags: &Option<std::collections::BTreeMap<String, Value>>, other: bool| {
                flags.iter().flatten().any(|(flag, on)| on.as_bool() == Some(true) && (flag == CROWD) != other)
            };
            let described = line.description.as_deref().is_some_and(|text| !text.is_empty());
            self.losses.add_many(Loss::Unsupported, &name, u64::from(described || on(&line.flags, true)));
            // Groups may be numbered from 0.
            let instance = line.group_id.and_then(|group| u32::try_from(group.checked_add(1)?).ok()).filter(|&group| group > 0);
            read.push(Read {
                shape: Shape { class, instance, confidence: None, attributes: crate::Attributes::new(), geometry },
                crowd: on(&line.flags, false),
            });
        }
        if read.iter().all(|read| read.shape.instance != Some(1)) {
            read.iter_mut().for_each(|read| read.shape.instance = read.shape.instance.map(|group| group - 1));
        }
        for (flag, on) in file.flags.iter().flatten() {
            if on.as_bool() == Some(true) {
                let class = self.class(flag).map_err(|reason| failed(format!("{path}: {reason}")))?;
                read.push(Read {
                    shape: Shape { class, instance: None, confidence: None, attributes: crate::Attributes::new(), geometry: Geometry::Tag },
                    crowd: false,
                });
            }
        }
        let shapes = numbered(read, &self.schema);
        let item = Item { name, width: size.0, height: size.1, subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let path = self.files.next()?;
        self.embedded = None;
        Some(self.read(&path))
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        Some(self.count)
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }

    fn take_picture(&mut self) -> Option<Vec<u8>> {
        self.embedded.take()
    }
}
