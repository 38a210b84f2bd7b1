//! Reading polygons, or instance ids where there are none.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::ids::{Choice, Ids};
use super::layout::{self, Label};
use super::polygons::File;
use super::table;
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name, stem};
use crate::formats::classes::read_classes;
use crate::formats::png_masks::{MAX_MASK_PIXELS, MaskPng, read_mask_png};
use crate::formats::support::{MAX_MASK_FILE, MAX_TEXT, Pictures, class_named, read_whole, settings, shapes_of_pixels, thing_key};
use crate::geometry::{Mask, Polygon};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    /// Class indices by name.
    names: HashMap<String, u8>,
    /// Class indices by label id.
    ids: [Option<u8>; 256],
    /// Paths of the labels.
    labels: std::vec::IntoIter<String>,
    count: u64,
    pictures: Pictures,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut labels = input.list("").map_err(ExchangeError::io("the dataset"))?;
    labels.retain(|name| Label::of(name).is_some());
    // Of an image's two files the instance ids come first, and count only where the polygons don't follow.
    labels.reverse();
    let base = |name: &str| Label::of(name).map(|label| label.base);
    labels.dedup_by(|later, kept| kept.ends_with(".json") && base(later) == base(kept));
    labels.reverse();
    labels.shrink_to_fit();
    if labels.is_empty() {
        return Err(ExchangeError::Format("there are no labels such as gtFine/train/CITY/NAME_gtFine_polygons.json".into()));
    }
    let own = read_classes(input.as_ref())?;
    let known = own.is_some();
    let official = |label: &table::Label| {
        let kind = if label.things { ClassKind::Thing } else { ClassKind::Stuff };
        class_named(label.id, label.name, Some(label.color), kind)
    };
    let schema = own.unwrap_or_else(|| Schema { classes: table::LABELS.iter().map(official).collect() });
    let written = Ids::new(&schema, if known { Choice::Auto } else { Choice::Cityscapes })?;
    let mut ids = [None; 256];
    ids[0] = Some(BACKGROUND);
    if written.official {
        table::VOIDS.iter().skip(1).for_each(|&(_, id)| ids[usize::from(id)] = Some(VOID));
    } else {
        ids[usize::from(VOID)] = Some(VOID);
    }
    schema.classes.iter().for_each(|class| ids[usize::from(written.label[usize::from(class.index)])] = Some(class.index));
    let mut names: HashMap<String, u8> = table::VOIDS.iter().map(|&(name, _)| (name.to_owned(), VOID)).collect();
    names.extend(schema.classes.iter().map(|class| (class.name.clone(), class.index)));
    let pictures = Pictures::below(input.as_ref(), layout::pictures())?;
    let (count, labels) = (labels.len() as u64, labels.into_iter());
    Ok(Box::new(Reader { input, schema, names, ids, labels, count, pictures, losses: Losses::default() }))
}

impl Reader {
    fn thing(&self, class: u8) -> bool {
        self.schema.class(class).is_some_and(|class| class.kind == ClassKind::Thing)
    }

    /// Size and shapes of a file of polygons.
    fn polygons(&mut self, label: &Label, name: &str) -> Result<((u32, u32), Vec<Shape>), String> {
        let path = format!("{}polygons.json", label.base);
        let bytes = read_whole(self.input.as_ref(), &path, MAX_TEXT).map_err(|error| error.to_string())?;
        let file: File = serde_json::from_slice(&bytes).map_err(|error| format!("{path}: {error}"))?;
        let (width, height) = (file.img_width, file.img_height);
        Mask::empty(width, height).map_err(|error| format!("{path}: {error}"))?;
        let (mut shapes, mut number) = (Vec::with_capacity(file.objects.len()), 0);
        for object in file.objects.into_iter().filter(|object| !object.deleted.0) {
            let alone = self.names.get(&object.label).copied();
            let group = object.label.strip_suffix("group").and_then(|name| self.names.get(name).copied());
            let Some(class) = alone.or(group) else {
                if object.label == "license plate" {
                    self.losses.add(Loss::Unsupported, name);
                    continue;
                }
                return Err(format!("{path}: the class '{}' is not listed", object.label));
            };
            if object.polygon.len() < 3 {
                self.losses.add(Loss::NoArea, name);
                continue;
            }
            let polygon = Polygon::simple(object.polygon);
            let crowd = alone.is_none() && self.thing(class);
            let counted = self.thing(class) && !crowd;
            number += u32::from(counted);
            let geometry = match polygon.to_mask(width, height).filter(|_| crowd) {
                Some(mask) if mask.is_empty() => {
                    self.losses.add(Loss::NoArea, name);
                    continue;
                }
                Some(mask) => Geometry::Mask(mask),
                None => Geometry::Polygon(polygon),
            };
            shapes.push(Shape {
                class,
                instance: counted.then_some(number),
                confidence: None,
                attributes: crate::Attributes::new(),
                geometry,
            });
        }
        Ok(((width, height), shapes))
    }

    /// Size and shapes of a map of instance ids.
    fn instances(&self, label: &Label) -> Result<((u32, u32), Vec<Shape>), String> {
        let path = format!("{}instanceIds.png", label.base);
        let bytes = read_whole(self.input.as_ref(), &path, MAX_MASK_FILE).map_err(|error| error.to_string())?;
        let (width, height, values) = match read_mask_png(&bytes, MAX_MASK_PIXELS).map_err(|error| format!("{path}: {error}"))? {
            MaskPng::Instances(map) => (map.width, map.height, map.numbers),
            MaskPng::Classes(map) => (map.width, map.height, map.classes.into_iter().map(u16::from).collect()),
        };
        let mut unknown = None;
        let key = |&value: &u16| {
            let (id, number) = if value < 1000 { (value, 0) } else { (value / 1000, u32::from(value % 1000) + 1) };
            let class = u8::try_from(id).ok().and_then(|id| self.ids[usize::from(id)]);
            match class {
                Some(BACKGROUND) => 0,
                Some(class) => thing_key(class, if self.thing(class) { number } else { 0 }),
                None => {
                    unknown = Some(id);
                    0
                }
            }
        };
        let shapes = shapes_of_pixels(width, height, values.iter().map(key)).map_err(|error| format!("{path}: {error}"))?;
        match unknown {
            Some(id) => Err(format!("{path}: the label id {id} is not one of the classes")),
            None => Ok(((width, height), shapes)),
        }
    }

    fn read(&mut self, label: &Label) -> Result<ReadItem, ExchangeError> {
        let picture = self.pictures.get(&label.picture_stem()).map(str::to_owned);
        let ending = picture.as_deref().map_or(".png", |picture| &picture[stem(picture).len()..]);
        let name = safe_name(&label.name(ending))?;
        let read = if label.polygons { self.polygons(label, &name) } else { self.instances(label) };
        let ((width, height), shapes) = read.map_err(|reason| ExchangeError::image(&name, reason))?;
        let item = Item { name, width, height, subset: label.subset(), shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let label = self.labels.find_map(|path| Label::of(&path))?;
        Some(self.read(&label))
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
}
