//! Writing labels, pictures and `data.yaml`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::layout::label_of;
use super::line::Shares;
use super::{BOX_HOLDS, SEGMENT_HOLDS, yaml};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output};
use crate::formats::classes::{CLASSES_FILE, ClassOrder, classes_json};
use crate::formats::support::{bounds_of, check, count_unsaid, is_crowd, objects, outline, resume, seamed, settings, word_of};
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
    decimals: u8,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, decimals: 0 }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Folders with pictures.
    folders: BTreeSet<String>,
    losses: Losses,
}

struct Writer {
    schema: Schema,
    order: ClassOrder,
    options: Options,
    /// Whether objects are boxes rather than outlines.
    boxes: bool,
    state: State,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn segments(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    make(schema, options, state, false)
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn boxes(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    make(schema, options, state, true)
}

fn make(schema: &Schema, options: &Value, state: Option<&Value>, boxes: bool) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    let options: Options = settings(options)?;
    if options.decimals > 17 {
        return Err(ExchangeError::Format("coordinates have at most 17 decimals".into()));
    }
    let order = ClassOrder::new(schema);
    Ok(Box::new(Writer { schema: schema.clone(), order, options, boxes, state: resume(state)? }))
}

/// The box around all shapes of an object; none if they have no area.
fn corners_of(shapes: &[&Shape]) -> Option<[f64; 4]> {
    let corners = shapes.iter().filter_map(|shape| match &shape.geometry {
        Geometry::Polygon(polygon) => bounds_of(polygon.rings().flatten()),
        Geometry::Mask(mask) => mask.bounds().map(|b| [b.left, b.top, b.right, b.bottom].map(f64::from)),
        Geometry::Box { corners } => Some(*corners),
        Geometry::Point { .. } | Geometry::Tag => None,
    });
    let join = |a: [f64; 4], b: [f64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
    corners.reduce(join).filter(|[x0, y0, x1, y1]| x1 > x0 && y1 > y0)
}

impl Writer {
    fn put_object(&self, shapes: &[&Shape], item: &Item, shares: &mut Shares, losses: &mut Losses) {
        let Some(label) = self.order.label(shapes[0].class) else { return };
        let name = &item.name;
        if self.boxes {
            let areas = shapes.iter().filter(|shape| !matches!(shape.geometry, Geometry::Box { .. })).count() as u64;
            losses.add_many(Loss::Merged, name, shapes.len() as u64 - 1);
            match corners_of(shapes) {
                Some(corners) => {
                    losses.add_many(Loss::AreaToBox, name, areas);
                    shares.corners(label, corners);
                }
                None => losses.add_many(Loss::NoArea, name, shapes.len() as u64),
            }
        } else if let Some(polygon) = outline(shapes, item, losses) {
            let holes = polygon.parts.iter().any(|part| !part.holes.is_empty());
            losses.add_many(Loss::Holes, name, u64::from(holes));
            losses.add_many(Loss::Parts, name, u64::from(polygon.parts.len() > 1));
            shares.ring(label, &seamed(&polygon.parts));
        }
        losses.add_many(Loss::Crowds, name, u64::from(is_crowd(shapes[0], &self.schema)));
        if std::mem::take(&mut shares.rounded) {
            losses.add(Loss::Rounded, name);
        }
    }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let mut losses = std::mem::take(&mut self.state.losses);
        let mut shares = Shares::new(item.width, item.height, usize::from(self.options.decimals));
        for shapes in objects(item, &self.schema) {
            self.put_object(&shapes, item, &mut shares, &mut losses);
        }
        if self.boxes {
            let boxes = item.shapes.iter().filter(|shape| matches!(shape.geometry, Geometry::Box { .. }) && shape.class != VOID);
            boxes.for_each(|shape| self.put_object(&[shape], item, &mut shares, &mut losses));
        }
        count_unsaid(item, if self.boxes { BOX_HOLDS } else { SEGMENT_HOLDS }, &mut losses);
        self.state.losses = losses;
        let folder = word_of(item.subset);
        self.state.folders.insert(folder.to_owned());
        let path = format!("images/{folder}/{}", item.name);
        let label = label_of(&path);
        out.put(&label, shares.text.as_bytes()).map_err(ExchangeError::io(label))?;
        if self.options.pictures {
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
        Ok(true)
    }

    fn state(&self) -> Value {
        serde_json::to_value(&self.state).unwrap_or_default()
    }

    fn losses(&self) -> &Losses {
        &self.state.losses
    }

    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        let folders: Vec<String> = self.state.folders.iter().cloned().collect();
        let plain = |error: serde_json::Error| ExchangeError::Format(error.to_string());
        let mut put = |name: &str, text: String| out.put(name, text.as_bytes()).map_err(ExchangeError::io(name));
        put(yaml::CONFIGS[0], yaml::text(&self.schema, &folders).map_err(plain)?)?;
        put(CLASSES_FILE, classes_json(&self.schema).map_err(plain)?)?;
        Ok(self.state.losses)
    }
}
