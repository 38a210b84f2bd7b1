//! Writing `panoptic_*.json` and its PNGs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::PANOPTIC_HOLDS;
use super::annotation::{ImageOut, Segment};
use super::parts::{State, base};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Losses, Output, stem};
use crate::formats::png_masks::png_rgb8;
use crate::formats::support::{Painted, check, count_unsaid, is_area, is_thing, resume, settings, thing_key, thing_numbers, word_of};
use crate::geometry::PixelBox;
use crate::schema::{Schema, VOID};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true }
    }
}

struct Writer {
    schema: Schema,
    options: Options,
    state: State,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    Ok(Box::new(Writer { schema: schema.clone(), options: settings(options)?, state: resume(state)? }))
}

/// A segment while its pixels are counted.
struct Counted {
    area: u64,
    bounds: PixelBox,
}

/// The number of each pixel's segment, and the segments. Segments are counted from 1 in the order of classes and things.
fn segments(painted: &Painted<'_>, numbers: &[u32], schema: &Schema) -> (Vec<u32>, Vec<Segment>) {
    let item = painted.item;
    let key = |index: usize| match item.shapes[index].class {
        VOID => 0,
        class => thing_key(class, numbers[index]),
    };
    let keys = painted.map(0, key);
    // Pixels are looked at stretch by stretch, and get their numbers by their shapes: a search for each would take most of the time.
    let mut counted: BTreeMap<u64, Counted> = BTreeMap::new();
    let mut at = 0u32;
    for stretch in keys.chunk_by(|a, b| a == b) {
        let (from, to) = (at, at + stretch.len() as u32);
        at = to;
        if stretch[0] == 0 {
            continue;
        }
        let (top, bottom) = (from / item.width, (to - 1) / item.width + 1);
        let (left, right) = if bottom - top > 1 { (0, item.width) } else { (from % item.width, (to - 1) % item.width + 1) };
        let bounds = PixelBox { left, top, right, bottom };
        let known = counted.entry(stretch[0]).or_insert(Counted { area: 0, bounds });
        known.area += u64::from(to - from);
        let old = known.bounds;
        known.bounds = PixelBox { left: old.left.min(left), top: old.top, right: old.right.max(right), bottom: old.bottom.max(bottom) };
    }
    let ids: BTreeMap<u64, u32> = counted.keys().copied().zip(1..).collect();
    let crowd = |key: u64| {
        let thing = |class| schema.class(class).is_some_and(|class| class.kind == crate::schema::ClassKind::Thing);
        key & u64::from(u32::MAX) == 0 && thing((key >> 32) as u8)
    };
    let segment = |(&key, counted): (&u64, &Counted)| {
        let b = counted.bounds;
        let bbox = [b.left, b.top, b.right - b.left, b.bottom - b.top];
        Segment { id: ids[&key], category_id: (key >> 32) as i64, area: counted.area, bbox, iscrowd: crowd(key) }
    };
    let pixels = painted.map(0, |index| ids.get(&key(index)).copied().unwrap_or(0));
    (pixels, counted.iter().map(segment).collect())
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let failed = |error: &dyn std::fmt::Display| ExchangeError::image(&item.name, error);
        let painted = Painted::new(item, is_area);
        let numbers = thing_numbers(&item.shapes, &self.schema, (1 << 24) - 1);
        debug_assert!(item.shapes.iter().zip(&numbers).all(|(shape, &number)| number == 0 || is_thing(shape, &self.schema)));
        let (ids, segments) = segments(&painted, &numbers, &self.schema);
        let pixels: Vec<u8> = ids.iter().flat_map(|id| [*id as u8, (id >> 8) as u8, (id >> 16) as u8]).collect();
        let png = png_rgb8(item.width, item.height, &pixels).map_err(|error| failed(&error))?;
        let subset = word_of(item.subset);
        let id = self.state.images + 1;
        let file_name = format!("{}.png", stem(&item.name));
        let image = ImageOut { id, file_name: &item.name, width: item.width, height: item.height };
        let image = serde_json::to_string(&image).map_err(|error| failed(&error))?;
        let annotation = json!({ "image_id": id, "file_name": file_name, "segments_info": segments }).to_string();
        let path = format!("{}/{file_name}", base("panoptic", subset));
        out.put(&path, &png).map_err(ExchangeError::io(path))?;
        if self.options.pictures {
            let path = format!("images/{subset}/{}", item.name);
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
        self.state.append(("panoptic", subset), &self.schema, &image, &[annotation], out)?;
        painted.count(&self.schema, Some(&numbers), &mut self.state.losses);
        count_unsaid(item, PANOPTIC_HOLDS, &mut self.state.losses);
        Ok(true)
    }

    fn state(&self) -> Value {
        serde_json::to_value(&self.state).unwrap_or_default()
    }

    fn losses(&self) -> &Losses {
        &self.state.losses
    }

    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        self.state.finish("panoptic", &self.schema, out)
    }
}
