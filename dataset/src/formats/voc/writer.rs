//! Writing XML, masks and lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::labelmap::{self, class_palette, voc_palette};
use super::{HOLDS, MOST_OBJECTS, xml};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::png_masks::{Palette, png_palette8};
use crate::formats::support::{Painted, check, count_unsaid, is_area, resume, settings, thing_numbers, word_of};
use crate::schema::{BACKGROUND, Schema, VOID};
use crate::shape::Geometry;

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colors {
    #[default]
    Classes,
    Voc,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
    palette: Colors,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, palette: Colors::default() }
    }
}

struct Writer {
    schema: Schema,
    options: Options,
    classes: Box<Palette>,
    objects: Box<Palette>,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let options: Options = settings(options)?;
    let control = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if let Some(class) = schema.classes.iter().find(|class| class.name.contains(control)) {
        return Err(ExchangeError::Format(format!("the class name {:?} can't be written as XML; rename the class", class.name)));
    }
    let classes = match options.palette {
        Colors::Classes => class_palette(schema),
        Colors::Voc => voc_palette(),
    };
    let (classes, objects) = (Box::new(classes), Box::new(voc_palette()));
    Ok(Box::new(Writer { schema: schema.clone(), options, classes, objects, losses: resume(state)? }))
}

/// The objects of an image by their numbers from 1: class, and the box around the pixels that are seen.
type Seen = Vec<(u8, [f64; 4])>;

/// Counts the objects that are seen, and gives every pixel its object: 0 for none, 255 for void.
fn objects(painted: &Painted<'_>, numbers: &[u32]) -> (Vec<u8>, Seen) {
    let item = painted.item;
    // Void is 256 here, so that it differs from every object.
    let of = |index: usize| if item.shapes[index].class == VOID { 256 } else { numbers[index] };
    let mut classes = [BACKGROUND; 256];
    for (shape, &number) in item.shapes.iter().zip(numbers).filter(|(_, number)| **number > 0) {
        classes[number as usize] = shape.class;
    }
    let mut seen: BTreeMap<u32, (u8, [f64; 4])> = BTreeMap::new();
    for (y, row) in painted.map(0, of).chunks_exact(item.width as usize).enumerate() {
        let (mut x, y) = (0, y as f64);
        for stretch in row.chunk_by(|a, b| a == b) {
            let (left, right) = (x as f64, (x + stretch.len()) as f64);
            x += stretch.len();
            if !matches!(stretch[0], 0 | 256) {
                let new = (classes[stretch[0] as usize], [left, y, right, y + 1.0]);
                let (_, corners) = seen.entry(stretch[0]).or_insert(new);
                *corners = [corners[0].min(left), corners[1].min(y), corners[2].max(right), corners[3].max(y + 1.0)];
            }
        }
    }
    let anew: BTreeMap<u32, u8> = seen.keys().copied().zip(1..=254).collect();
    let value = |index: usize| if of(index) == 256 { VOID } else { anew.get(&of(index)).copied().unwrap_or(0) };
    (painted.map(0, value), seen.into_values().collect())
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let stem = stem(&item.name);
        let boxes: Vec<(u8, [f64; 4])> = item
            .shapes
            .iter()
            .filter_map(|shape| match shape.geometry {
                Geometry::Box { corners } if shape.class != VOID => Some((shape.class, corners)),
                _ => None,
            })
            .collect();
        // An image without any shape is background as a whole; one with boxes alone was never painted.
        let segmented = boxes.is_empty() || item.shapes.iter().any(is_area);
        let painted = Painted::new(item, is_area);
        let numbers = thing_numbers(&item.shapes, &self.schema, MOST_OBJECTS);
        let (object_map, mut seen) = objects(&painted, &numbers);
        seen.extend(boxes);
        let named = |&(class, corners): &(u8, [f64; 4])| self.schema.class(class).map(|class| (class.name.as_str(), corners));
        let text = xml::text(item, segmented, &seen.iter().filter_map(named).collect::<Vec<_>>());
        let mut put = |name: String, bytes: &[u8]| out.put(&name, bytes).map_err(ExchangeError::io(name));
        put(format!("Annotations/{stem}.xml"), text.as_bytes())?;
        if segmented {
            let failed = |error: png::EncodingError| ExchangeError::image(&item.name, error);
            let classes = painted.classes(BACKGROUND, VOID);
            let class_png = png_palette8(item.width, item.height, &classes, &self.classes).map_err(failed)?;
            let object_png = png_palette8(item.width, item.height, &object_map, &self.objects).map_err(failed)?;
            put(format!("SegmentationClass/{stem}.png"), &class_png)?;
            put(format!("SegmentationObject/{stem}.png"), &object_png)?;
        }
        if self.options.pictures {
            put(format!("JPEGImages/{}", item.name), picture)?;
        }
        for folder in ["Main", "Segmentation"].into_iter().take(1 + usize::from(segmented)) {
            let list = format!("ImageSets/{folder}/{}.txt", word_of(item.subset));
            out.append(&list, format!("{stem}\n").as_bytes()).map_err(ExchangeError::io(list))?;
        }
        painted.count(&self.schema, Some(&numbers), &mut self.losses);
        for shape in &item.shapes {
            if let Geometry::Box { corners: [x0, y0, ..] } = shape.geometry
                && ((x0 + 1.0 - 1.0 - x0).abs() > 1e-6 || (y0 + 1.0 - 1.0 - y0).abs() > 1e-6)
            {
                self.losses.add(Loss::Rounded, &item.name);
            }
            if shape.class == VOID && matches!(shape.geometry, Geometry::Box { .. }) {
                self.losses.add(Loss::Void, &item.name);
            }
        }
        count_unsaid(item, HOLDS, &mut self.losses);
        Ok(true)
    }

    fn state(&self) -> Value {
        json!(self.losses)
    }

    fn losses(&self) -> &Losses {
        &self.losses
    }

    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        let classes = classes_json(&self.schema).map_err(|error| ExchangeError::Format(error.to_string()))?;
        out.put(CLASSES_FILE, classes.as_bytes()).map_err(ExchangeError::io(CLASSES_FILE))?;
        let text = labelmap::text(&self.schema, &self.classes);
        out.put(labelmap::FILE, text.as_bytes()).map_err(ExchangeError::io(labelmap::FILE))?;
        Ok(self.losses)
    }
}
