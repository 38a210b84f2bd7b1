//! Reading XML and masks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{labelmap, sets, xml};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name};
use crate::formats::support::{
    MAX_MASK_FILE, Pictures, Values, picture_size, read_text, read_whole, settings, shapes_of_pixels, thing_key,
};
use crate::geometry::Mask;
use crate::schema::{ClassKind, Schema, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    zero_based: bool,
}

struct Reader {
    input: Arc<dyn Input>,
    options: Options,
    root: String,
    schema: Schema,
    values: Values,
    /// Values and colours of object masks.
    numbers: Values,
    images: std::vec::IntoIter<sets::Listed>,
    count: u64,
    pictures: Pictures,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let options = settings(options)?;
    let names = input.list("").map_err(ExchangeError::io("the dataset"))?;
    let root = sets::root(&names)
        .ok_or_else(|| ExchangeError::Format("there is neither a folder 'Annotations' with XML files nor 'SegmentationClass'".into()))?;
    let images = sets::images(input.as_ref(), &root, &names)?;
    drop(names);
    let (schema, values) = match labelmap::read(input.as_ref(), &root)? {
        Some(known) => known,
        None => labelmap::guessed(object_names(input.as_ref(), &root, &images)?)?,
    };
    let mut numbers = Values::none();
    (0..=u8::MAX).zip(labelmap::voc_palette()).for_each(|(number, color)| numbers.add(number, Some(color), number));
    let pictures = Pictures::below(input.as_ref(), &format!("{root}JPEGImages"))?;
    let (count, images, losses) = (images.len() as u64, images.into_iter(), Losses::default());
    Ok(Box::new(Reader { input, options, root, schema, values, numbers, images, count, pictures, losses }))
}

/// The names of all objects. All XML files are read for that.
fn object_names(input: &dyn Input, root: &str, images: &[sets::Listed]) -> Result<Vec<String>, ExchangeError> {
    let mut names = std::collections::BTreeSet::new();
    for (stem, _) in images {
        // A file that can't be understood is reported when it is its turn.
        let text = read_text(input, &format!("{root}Annotations/{stem}.xml"))?.unwrap_or_default();
        names.extend(xml::parse(&text).unwrap_or_default().objects.into_iter().map(|object| object.name));
    }
    Ok(names.into_iter().collect())
}

/// Class and object of every pixel.
struct Masks {
    width: u32,
    height: u32,
    classes: Vec<u8>,
    objects: Option<Vec<u8>>,
}

impl Reader {
    fn masks(&self, stem: &str) -> Result<Option<Masks>, String> {
        let read = |folder: &str, values: &Values| {
            let file = format!("{}{folder}/{stem}.png", self.root);
            let there = self.input.size(&file).map_err(|error| format!("{file}: {error}"))?.is_some();
            let bytes =
                if there { read_whole(self.input.as_ref(), &file, MAX_MASK_FILE).map_err(|error| error.to_string())? } else { Vec::new() };
            if there { values.read(&bytes).map(Some).map_err(|reason| format!("{file}: {reason}")) } else { Ok(None) }
        };
        let Some(map) = read("SegmentationClass", &self.values)? else { return Ok(None) };
        let objects = read("SegmentationObject", &self.numbers)?;
        match objects {
            Some(objects) if (objects.width, objects.height) != (map.width, map.height) => Err(format!(
                "the masks of classes and objects differ in size: {}×{} and {}×{}",
                map.width, map.height, objects.width, objects.height
            )),
            objects => {
                let objects = objects.map(|objects| objects.classes);
                Ok(Some(Masks { width: map.width, height: map.height, classes: map.classes, objects }))
            }
        }
    }

    fn areas(&self, masks: &Masks) -> Result<Vec<Shape>, String> {
        let key = |(at, &class): (usize, &u8)| {
            let thing = self.schema.class(class).is_some_and(|class| class.kind == ClassKind::Thing);
            let number = masks.objects.as_ref().map_or(0, |objects| objects[at]);
            thing_key(class, if thing && number != VOID { number.into() } else { 0 })
        };
        shapes_of_pixels(masks.width, masks.height, masks.classes.iter().enumerate().map(key)).map_err(|error| error.to_string())
    }

    fn read(&mut self, stem: &str, subset: Option<crate::schema::Subset>) -> Result<ReadItem, ExchangeError> {
        let safe = safe_name(stem)?;
        let failed = |reason: &dyn std::fmt::Display| ExchangeError::image(&safe, reason);
        let file = format!("{}Annotations/{stem}.xml", self.root);
        let text = read_text(self.input.as_ref(), &file).map_err(|error| failed(&error))?;
        let annotation =
            xml::parse(text.as_deref().unwrap_or_default()).map_err(|(line, reason)| failed(&format!("{file}, line {line}: {reason}")))?;
        let picture = self.pictures.get(&safe).map(str::to_owned);
        let name = match (&picture, &annotation.filename) {
            (Some(picture), _) => picture[self.root.len() + "JPEGImages/".len()..].to_owned(),
            (None, Some(name)) if crate::exchange::stem(name) == safe => safe_name(name)?,
            _ => format!("{safe}.jpg"),
        };
        let masks = self.masks(stem).map_err(|reason| failed(&reason))?;
        let (width, height) = match (&masks, annotation.size, &picture) {
            (Some(masks), ..) => (masks.width, masks.height),
            (None, Some(size), _) => size,
            (None, None, Some(picture)) => picture_size(self.input.as_ref(), picture)?,
            (None, None, None) => return Err(failed(&"neither a mask nor an XML file nor a picture tells the size")),
        };
        Mask::empty(width, height).map_err(|error| failed(&error))?;
        let mut shapes = masks.as_ref().map_or(Ok(Vec::new()), |masks| self.areas(masks)).map_err(|reason| failed(&reason))?;
        let bounds: BTreeMap<u32, (u8, [f64; 4])> = shapes.iter().filter_map(bounds).collect();
        let from = if self.options.zero_based { 0.0 } else { 1.0 };
        for (number, object) in (1u32..).zip(annotation.objects) {
            let class = self.schema.classes.iter().find(|class| class.name == object.name);
            let class = class.ok_or_else(|| failed(&format!("{file}: the class '{}' is not listed", object.name)))?.index;
            if object.more {
                self.losses.add(Loss::Unsupported, &name);
            }
            let [Some(x0), Some(y0), Some(x1), Some(y1)] = object.corners else {
                return Err(failed(&format!("{file}: object {number} has no whole bndbox")));
            };
            let corners = [x0 - from, y0 - from, x1, y1];
            // The box around an object that is painted, too, says nothing more.
            if !bounds.get(&number).is_some_and(|&(of, around)| of == class && alike(around, corners)) {
                shapes.push(Shape {
                    class,
                    instance: None,
                    confidence: None,
                    attributes: crate::Attributes::new(),
                    geometry: Geometry::Box { corners },
                });
            }
        }
        let item = Item { name, width, height, subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture })
    }
}

/// The number of a thing, its class and the box around it.
fn bounds(shape: &Shape) -> Option<(u32, (u8, [f64; 4]))> {
    let Geometry::Mask(mask) = &shape.geometry else { return None };
    let b = mask.bounds()?;
    Some((shape.instance?, (shape.class, [b.left, b.top, b.right, b.bottom].map(f64::from))))
}

/// Whether two boxes have at least half of their area together in common.
fn alike(a: [f64; 4], b: [f64; 4]) -> bool {
    let area = |[x0, y0, x1, y1]: [f64; 4]| (x1 - x0).max(0.0) * (y1 - y0).max(0.0);
    let common = area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]);
    common > 0.0 && 2.0 * common >= area(a) + area(b) - common
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (stem, subset) = self.images.next()?;
        Some(self.read(&stem, subset))
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
