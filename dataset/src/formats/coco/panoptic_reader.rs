//! Reading `panoptic_*.json` and its PNGs.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::annotation::Segment;
use super::index::{Files, Found, picture};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Losses, Origin, ReadItem, safe_name};
use crate::formats::png_masks::{MAX_MASK_PIXELS, read_rgb_png};
use crate::formats::support::{MAX_MASK_FILE, read_whole, settings, shapes_of_pixels, thing_key};
use crate::schema::{ClassKind, Schema, VOID};

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    unlabeled_is_void: bool,
}

struct Reader {
    input: Arc<dyn Input>,
    options: Options,
    schema: Schema,
    files: Files,
}

/// One of `annotations`.
#[derive(Debug, Deserialize)]
struct Panoptic {
    file_name: String,
    segments_info: Vec<Segment>,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let options: Options = settings(options)?;
    let mut files = Files::new(input.as_ref(), true)?;
    Ok(Box::new(Reader { schema: files.categories.schema()?, input, options, files }))
}

impl Reader {
    fn item(&self, found: &Found<Panoptic>) -> Result<ReadItem, ExchangeError> {
        let entry = &found.entry;
        let name = safe_name(&entry.name)?;
        let failed = |reason: &dyn std::fmt::Display| ExchangeError::image(&name, reason);
        let [annotation] = &found.annotations[..] else {
            return Err(failed(&format!("the image has {} annotations instead of one", found.annotations.len())));
        };
        let folder = found.file.trim_end_matches(".json");
        let png = format!("{folder}/{}", safe_name(&annotation.file_name)?);
        let bytes = read_whole(self.input.as_ref(), &png, MAX_MASK_FILE).map_err(|error| failed(&error))?;
        let (size, pixels) = read_rgb_png(&bytes, MAX_MASK_PIXELS).map_err(|error| failed(&format!("{png}: {error}")))?;
        if size != (entry.width, entry.height) {
            let (width, height) = (entry.width, entry.height);
            return Err(failed(&format!("{png} is of {}×{} pixels, but the image of {width}×{height}", size.0, size.1)));
        }
        let mut keys: HashMap<u32, u64> = HashMap::new();
        keys.insert(0, if self.options.unlabeled_is_void { thing_key(VOID, 0) } else { 0 });
        for (number, segment) in (1..).zip(&annotation.segments_info) {
            let class = self.files.categories.class(segment.category_id);
            let class = class.ok_or_else(|| failed(&format!("category {} is not listed", segment.category_id)))?;
            let thing = self.schema.class(class).is_some_and(|class| class.kind == ClassKind::Thing);
            keys.insert(segment.id, thing_key(class, if thing && !segment.iscrowd { number } else { 0 }));
        }
        let (mut wrong, mut last) = (None, (0, keys[&0]));
        let key = |rgb: &[u8]| {
            let id = u32::from(rgb[0]) | u32::from(rgb[1]) << 8 | u32::from(rgb[2]) << 16;
            // Most pixels are of the segment on their left.
            if id != last.0 {
                let key = keys.get(&id).copied().unwrap_or_else(|| {
                    wrong = Some(id);
                    0
                });
                last = (id, key);
            }
            last.1
        };
        let shapes = shapes_of_pixels(size.0, size.1, pixels.chunks_exact(3).map(key)).map_err(|error| failed(&error))?;
        if let Some(id) = wrong {
            return Err(failed(&format!("{png} has pixels of segment {id}, which is not listed")));
        }
        let picture = picture(self.input.as_ref(), &found.word, &name);
        let item = Item { name, width: size.0, height: size.1, subset: found.subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.files.next(|_, _, text| serde_json::from_slice(text).map_err(|error| error.to_string()))?;
        Some(found.and_then(|found| self.item(&found)))
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        Some(self.files.images)
    }

    fn losses(&self) -> &Losses {
        &self.files.losses
    }
}
