//! Reading class masks and instance masks.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{MAX_MASK_PIXELS, MaskPng, read_mask_png};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Losses, Origin, ReadItem, safe_name, stem};
use crate::formats::classes::read_classes;
use crate::formats::support::{
    MAX_MASK_FILE, Pictures, class_named, read_whole, settings, shapes_of_pixels, split_folder, thing_key, usable,
};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    masks: std::vec::IntoIter<String>,
    count: u64,
    pictures: Pictures,
    losses: Losses,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut masks = input.list("masks").map_err(ExchangeError::io("masks"))?;
    masks.retain(|name| name.to_ascii_lowercase().ends_with(".png"));
    if masks.is_empty() {
        return Err(ExchangeError::Format("there are no masks: a dataset of this format has PNG files below a folder 'masks'".into()));
    }
    let schema = match read_classes(input.as_ref())? {
        Some(schema) => schema,
        None => classes_in(input.as_ref(), &masks)?,
    };
    let pictures = Pictures::below(input.as_ref(), "images")?;
    let count = masks.len() as u64;
    Ok(Box::new(Reader { input, schema, masks: masks.into_iter(), count, pictures, losses: Losses::default() }))
}

/// The classes of masks that nobody explains: every value that occurs. All masks are read for that.
fn classes_in(input: &dyn Input, masks: &[String]) -> Result<Schema, ExchangeError> {
    let things = !input.list("instances").map_err(ExchangeError::io("instances"))?.is_empty();
    let kind = if things { ClassKind::Thing } else { ClassKind::Stuff };
    let mut present = [false; 256];
    for name in masks {
        // A mask that can't be read is reported when it is its turn.
        if let Ok(bytes) = read_whole(input, name, MAX_MASK_FILE)
            && let Ok(MaskPng::Classes(map)) = read_mask_png(&bytes, MAX_MASK_PIXELS)
        {
            map.classes.iter().for_each(|&class| present[usize::from(class)] = true);
        }
    }
    let indices = (0..=u8::MAX).filter(|&index| present[usize::from(index)] && !matches!(index, BACKGROUND | VOID));
    let classes = indices.map(|index| class_named(index, &format!("class {index}"), None, kind)).collect();
    usable(classes).map_err(ExchangeError::Format)
}

impl Reader {
    fn read(&self, file: &str) -> Result<ReadItem, ExchangeError> {
        let input = self.input.as_ref();
        let inner = &file["masks/".len()..];
        let picture = self.pictures.get(stem(inner));
        let (subset, name) = split_folder(picture.map_or(inner, |picture| &picture["images/".len()..]));
        let name = safe_name(name)?;
        let failed = |reason: &dyn std::fmt::Display| ExchangeError::image(&name, format!("{file}: {reason}"));
        let bytes = read_whole(input, file, MAX_MASK_FILE).map_err(|error| failed(&error))?;
        let MaskPng::Classes(map) = read_mask_png(&bytes, MAX_MASK_PIXELS).map_err(|error| failed(&error))? else {
            return Err(failed(&"a class mask has 8 bits a pixel, but this one has 16"));
        };
        let (width, height) = (map.width, map.height);
        let numbers = self.numbers(inner, width, height).map_err(|reason| failed(&reason))?;
        let mut things = [false; 256];
        let mut known = [false; 256];
        for class in &self.schema.classes {
            known[usize::from(class.index)] = true;
            things[usize::from(class.index)] = class.kind == ClassKind::Thing;
        }
        (known[usize::from(BACKGROUND)], known[usize::from(VOID)]) = (true, true);
        if let Some(class) = map.classes.iter().find(|&&class| !known[usize::from(class)]) {
            return Err(failed(&format!("the value {class} is not one of the classes")));
        }
        let key = |(at, &class): (usize, &u8)| {
            let number = if things[usize::from(class)] { numbers.as_ref().map_or(0, |numbers| numbers[at]) } else { 0 };
            thing_key(class, u32::from(number))
        };
        let shapes = shapes_of_pixels(width, height, map.classes.iter().enumerate().map(key)).map_err(|error| failed(&error))?;
        let item = Item { name, width, height, subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture: picture.map(str::to_owned) })
    }

    /// The numbers of things beside a class mask, if there are any.
    fn numbers(&self, inner: &str, width: u32, height: u32) -> Result<Option<Vec<u16>>, String> {
        let (input, file) = (self.input.as_ref(), format!("instances/{inner}"));
        if input.size(&file).map_err(|error| format!("{file}: {error}"))?.is_none() {
            return Ok(None);
        }
        let bytes = read_whole(input, &file, MAX_MASK_FILE).map_err(|error| error.to_string())?;
        let (size, numbers) = match read_mask_png(&bytes, MAX_MASK_PIXELS).map_err(|error| format!("{file}: {error}"))? {
            MaskPng::Instances(map) => ((map.width, map.height), map.numbers),
            MaskPng::Classes(map) => ((map.width, map.height), map.classes.into_iter().map(u16::from).collect()),
        };
        if size != (width, height) {
            return Err(format!("{file} is of {}×{} pixels, but the class mask of {width}×{height}", size.0, size.1));
        }
        Ok(Some(numbers))
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.masks.next()?;
        Some(self.read(&file))
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
