//! Writing polygons and PNGs.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ids::{Choice, Ids};
use super::polygons::{Deleted, File, Object};
use super::{HOLDS, layout, table};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output};
use crate::formats::classes::{CLASSES_FILE, classes_json};
use crate::formats::png_masks::{png_gray8, png_gray16, png_rgb8};
use crate::formats::support::{Painted, check, count_unsaid, disjoint, is_area, is_crowd, is_thing, outline, resume, seamed, settings};
use crate::schema::{BACKGROUND, Schema, VOID};
use crate::shape::Shape;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
    ids: Choice,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, ids: Choice::default() }
    }
}

struct Writer {
    schema: Schema,
    options: Options,
    ids: Ids,
    losses: Losses,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let options: Options = settings(options)?;
    let ids = Ids::new(schema, options.ids)?;
    Ok(Box::new(Writer { schema: schema.clone(), options, ids, losses: resume(state)? }))
}

impl Writer {
    fn label(&self, shape: &Shape) -> String {
        let name = self.schema.class(shape.class).map_or(table::OUT_OF_ROI.0, |class| &class.name);
        if is_crowd(shape, &self.schema) { format!("{name}group") } else { name.to_owned() }
    }

    /// The objects of an image: one for each part of each shape, from bottom to top.
    fn objects(&self, item: &Item, losses: &mut Losses) -> Vec<Object> {
        let (mut objects, mut numbers) = (Vec::new(), HashSet::new());
        for shape in item.shapes.iter().filter(|shape| is_area(shape)) {
            let Some(mut polygon) = outline(&[shape], item, losses) else { continue };
            let (width, height) = (item.width, item.height);
            // Parts that lie within others cut holes into them, which they don't as objects of their own.
            if polygon.parts.len() > 1 && !disjoint(&polygon, polygon.pixels(width, height), width, height) {
                losses.add(Loss::PolygonToMask, &item.name);
                polygon = polygon.to_mask(width, height).map(|mask| mask.to_polygon()).unwrap_or_default();
            }
            let again = is_thing(shape, &self.schema) && shape.instance.is_some_and(|number| !numbers.insert((shape.class, number)));
            losses.add_many(Loss::Parts, &item.name, u64::from(polygon.parts.len() > 1 || again));
            losses.add_many(Loss::Holes, &item.name, u64::from(polygon.parts.iter().any(|part| !part.holes.is_empty())));
            for part in &polygon.parts {
                let label = self.label(shape);
                objects.push(Object { label, polygon: seamed(std::iter::once(part)), deleted: Deleted::default() });
            }
        }
        objects
    }

    /// The instance ids of the shapes: a thing's is its label's times 1000 and its place among those of its class, all others' is their
    /// label's alone.
    fn instance_ids(&self, item: &Item, losses: &mut Losses) -> Vec<u16> {
        let mut counts: HashMap<u8, u32> = HashMap::new();
        let mut known: HashMap<(u8, u32), u16> = HashMap::new();
        let mut id = |shape: &Shape| {
            let label = self.ids.label[usize::from(shape.class)];
            if !is_area(shape) || !is_thing(shape, &self.schema) || is_crowd(shape, &self.schema) {
                return u16::from(label);
            }
            if let Some(&id) = shape.instance.and_then(|number| known.get(&(shape.class, number))) {
                return id;
            }
            let count = counts.entry(shape.class).or_default();
            *count += 1;
            let id = u16::try_from(u32::from(label) * 1000 + *count - 1).ok().filter(|_| *count <= 1000);
            if id.is_none() {
                losses.add(Loss::TooMany, &item.name);
            }
            let id = id.unwrap_or_else(|| label.into());
            if let Some(number) = shape.instance {
                known.insert((shape.class, number), id);
            }
            id
        };
        item.shapes.iter().map(&mut id).collect()
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let (width, height) = (item.width, item.height);
        let failed = |error: &dyn std::fmt::Display| ExchangeError::image(&item.name, error);
        let mut losses = std::mem::take(&mut self.losses);
        let file = File { img_height: height, img_width: width, objects: self.objects(item, &mut losses) };
        let instances = self.instance_ids(item, &mut losses);
        count_unsaid(item, HOLDS, &mut losses);
        self.losses = losses;
        let json = serde_json::to_vec(&file).map_err(|error| failed(&error))?;
        let painted = Painted::new(item, is_area);
        let classes = painted.classes(BACKGROUND, VOID);
        let by_class = |ids: &[u8; 256]| classes.iter().map(|&class| ids[usize::from(class)]).collect::<Vec<u8>>();
        let colors: Vec<u8> = classes.iter().flat_map(|&class| self.ids.color[usize::from(class)]).collect();
        let instances = painted.map(0, |index| instances[index]);
        let files = [
            ("polygons.json", Ok(json)),
            ("labelIds.png", png_gray8(width, height, &by_class(&self.ids.label))),
            ("labelTrainIds.png", png_gray8(width, height, &by_class(&self.ids.train))),
            ("instanceIds.png", png_gray16(width, height, &instances)),
            ("color.png", png_rgb8(width, height, &colors)),
        ];
        for (what, bytes) in files {
            let path = layout::label(item.subset, &item.name, what);
            out.put(&path, &bytes.map_err(|error| failed(&error))?).map_err(ExchangeError::io(path))?;
        }
        if self.options.pictures {
            let path = layout::picture(item.subset, &item.name);
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
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
        let mut put = |name: &str, text: String| out.put(name, text.as_bytes()).map_err(ExchangeError::io(name));
        put(CLASSES_FILE, classes)?;
        if !self.ids.official {
            put("label_colors.txt", self.ids.colors(&self.schema))?;
        }
        Ok(self.losses)
    }
}
