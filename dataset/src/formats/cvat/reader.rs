//! Reading images, or frames.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::events::{Events, Next, Tag};
use super::header::{Header, labels_used};
use super::shapes::told;
use super::tracks::{Entry, Tracks};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name, stem};
use crate::formats::support::{NamesFound, Pictures, Read, by_name, locate, numbered, picture_size, schema_of, settings, subset_named};
use crate::geometry::Mask;
use crate::schema::{ClassKind, Schema, Subset};
use crate::shape::Shape;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

/// One file, and what it begins with.
type File = (String, Header);

enum Open {
    None,
    /// Files that are exported for a subset are called after it.
    Images {
        events: Events,
        subset: Option<Subset>,
    },
    Frames {
        file: String,
        size: Option<(u32, u32)>,
        tracks: Tracks,
        at: usize,
    },
}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    names: HashMap<String, u8>,
    files: std::vec::IntoIter<File>,
    open: Open,
    pictures: Pictures,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut names = input.list("").map_err(ExchangeError::io("the dataset"))?;
    names.retain(|name| name.ends_with(".xml") && name.matches('/').count() <= 1);
    if names.is_empty() {
        return Err(ExchangeError::Format("there is no annotations.xml".into()));
    }
    let read = |name: String| Ok((name.clone(), Header::read(input.as_ref(), &name)?));
    let files = names.into_iter().map(read).collect::<Result<Vec<File>, ExchangeError>>()?;
    let mut labels: Vec<(String, Option<[u8; 3]>)> = Vec::new();
    for (name, color) in files.iter().flat_map(|(_, header)| &header.labels) {
        if labels.iter().all(|(known, _)| known != name) {
            labels.push((name.clone(), *color));
        }
    }
    let schema = if labels.is_empty() {
        let mut found = NamesFound::default();
        files.iter().try_for_each(|(name, _)| labels_used(input.as_ref(), name, &mut found))?;
        found.schema()?
    } else {
        schema_of(labels.into_iter().map(|(name, color)| (name, color, ClassKind::Thing)))?
    };
    let (names, pictures) = (by_name(&schema), Pictures::below(input.as_ref(), "images")?);
    let files = files.into_iter();
    Ok(Box::new(Reader { input, schema, names, files, open: Open::None, pictures, losses: Losses::default() }))
}

/// Shapes of an image, with what they are ordered by.
#[derive(Default)]
struct Gathered {
    shapes: Vec<(i32, Read)>,
    losses: Vec<Loss>,
    /// What is wrong with it.
    fault: Option<String>,
    machine: u64,
}

impl Reader {
    fn gather(&self, tag: &Tag, label: &str, instance: Option<u32>, size: (u32, u32), into: &mut Gathered) {
        let class = self.names.get(label).copied().ok_or_else(|| format!("the label '{label}' is not listed"));
        match class.and_then(|class| Ok((class, told(tag, size)?))) {
            Ok((class, told)) => {
                into.losses.extend(told.losses);
                into.machine += u64::from(tag.get("source") == Some("auto"));
                let z = tag.get("z_order").and_then(|z| z.trim().parse().ok()).unwrap_or(0);
                for geometry in told.geometries {
                    let shape = Shape { class, instance, confidence: None, attributes: crate::Attributes::new(), geometry };
                    into.shapes.push((z, Read { shape, crowd: false }));
                }
            }
            Err(reason) => {
                into.fault.get_or_insert(reason);
            }
        }
    }

    fn finish(&mut self, mut item: Item, mut gathered: Gathered, picture: Option<String>) -> Result<ReadItem, ExchangeError> {
        if let Some(reason) = gathered.fault {
            return Err(ExchangeError::image(item.name, reason));
        }
        gathered.losses.iter().for_each(|&loss| self.losses.add(loss, &item.name));
        gathered.shapes.sort_by_key(|&(z, _)| z);
        let count = gathered.shapes.len() as u64;
        item.origin.machine = count > 0 && gathered.machine >= count;
        item.shapes = numbered(gathered.shapes.into_iter().map(|(_, read)| read).collect(), &self.schema);
        Ok(ReadItem { item, picture })
    }

    /// The element `image` whose start was read.
    fn image(&mut self, events: &mut Events, image: &Tag, of_file: Option<Subset>) -> Result<ReadItem, ExchangeError> {
        let told = image.get("name").unwrap_or_default().to_owned();
        let subset = image.get("subset").and_then(subset_named).flatten().or(of_file);
        let side = |name: &str| image.get(name).and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(0);
        let size = (side("width"), side("height"));
        let depth = events.path().len();
        let mut gathered = Gathered::default();
        loop {
            match events.next(self.input.as_ref())? {
                Next::Start(tag) if events.path().len() == depth + 1 => {
                    let group = tag.get("group_id").and_then(|group| group.trim().parse().ok());
                    self.gather(&tag, tag.get("label").unwrap_or_default(), group, size, &mut gathered);
                }
                // Attributes, and the points of a skeleton, which is counted already.
                Next::Start(tag) if tag.name == "attribute" => gathered.losses.push(Loss::Unsupported),
                Next::End(..) if events.path().len() < depth => break,
                _ => {}
            }
        }
        let inner = image.get("subset").map(|subset| format!("images/{subset}/{told}"));
        let inner = inner.filter(|path| matches!(self.input.size(path), Ok(Some(_))));
        let (name, picture) = match inner {
            Some(path) => (safe_name(&told)?, Some(path)),
            None => locate(self.input.as_ref(), &told)?,
        };
        Mask::empty(size.0, size.1).map_err(|error| ExchangeError::image(&name, error))?;
        self.finish(Item { name, width: size.0, height: size.1, subset, ..Item::default() }, gathered, picture)
    }

    /// The frame whose shapes these are.
    fn frame(&mut self, file: &str, size: Option<(u32, u32)>, entries: &[Entry], labels: &[String]) -> Result<ReadItem, ExchangeError> {
        let called = format!("frame_{:06}", entries.first().map_or(0, |entry| entry.frame));
        let picture = self.pictures.get(&called).map(str::to_owned);
        let name = picture.as_deref().map_or_else(|| format!("{called}.png"), |path| path["images/".len()..].to_owned());
        let size = match (size, &picture) {
            (Some(size), _) => size,
            (None, Some(picture)) => picture_size(self.input.as_ref(), picture)?,
            (None, None) => return Err(ExchangeError::image(name, "the file tells no size of the video, and there is no picture")),
        };
        Mask::empty(size.0, size.1).map_err(|error| ExchangeError::image(&name, error))?;
        let mut gathered = Gathered::default();
        for entry in entries {
            let mut events = Events::open(self.input.as_ref(), file, entry.offset, 1 << 12)?;
            let Next::Start(tag) = events.next(self.input.as_ref())? else { continue };
            let label = labels.get(entry.label as usize).map_or("", String::as_str);
            self.gather(&tag, label, Some(entry.track), size, &mut gathered);
            while !events.path().is_empty() {
                if matches!(events.next(self.input.as_ref())?, Next::Start(inner) if inner.name == "attribute") {
                    gathered.losses.push(Loss::Unsupported);
                }
            }
        }
        self.finish(Item { name, width: size.0, height: size.1, origin: Origin::default(), ..Item::default() }, gathered, picture)
    }

    fn begin(&mut self, (file, header): File) -> Result<(), ExchangeError> {
        self.open = match header.first {
            None => Open::None,
            Some((false, _)) => Open::Images {
                events: Events::open(self.input.as_ref(), &file, 0, 1 << 16)?,
                subset: subset_named(stem(file.rsplit_once('/').map_or(&*file, |(_, name)| name))).flatten(),
            },
            Some((true, first)) => {
                let tracks = Tracks::read(self.input.as_ref(), &file, first)?;
                // That shapes of several frames are one thing, and the frames between them.
                self.losses.add_many(Loss::Unsupported, &file, u64::from(tracks.tracks) + tracks.skipped);
                Open::Frames { file, size: header.size, tracks, at: 0 }
            }
        };
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<ReadItem>, ExchangeError> {
        loop {
            match std::mem::replace(&mut self.open, Open::None) {
                Open::None => match self.files.next() {
                    Some(file) => self.begin(file)?,
                    None => return Ok(None),
                },
                Open::Images { mut events, subset } => match events.next(self.input.as_ref())? {
                    Next::Start(tag) if tag.name == "image" && events.path().len() == 2 => {
                        let read = self.image(&mut events, &tag, subset);
                        self.open = Open::Images { events, subset };
                        return read.map(Some);
                    }
                    Next::Done => {}
                    _ => self.open = Open::Images { events, subset },
                },
                Open::Frames { file, size, tracks, at } => {
                    let Some(first) = tracks.entries.get(at) else { continue };
                    let end = at + tracks.entries[at..].iter().take_while(|entry| entry.frame == first.frame).count();
                    let read = self.frame(&file, size, &tracks.entries[at..end], &tracks.labels);
                    self.open = Open::Frames { file, size, tracks, at: end };
                    return read.map(Some);
                }
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.advance();
        if read.as_ref().is_err_and(|error| !error.is_of_one_image()) {
            self.open = Open::None;
            self.files = Vec::new().into_iter();
        }
        read.transpose()
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
