//! Pictures with boxes, in the label format of MXNet's detection iterators.

use serde_json::{Value, json};

use super::set::named;
use super::{RecordOptions, State, common, count, is_area, is_void};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output};
use crate::formats::classes::ClassOrder;
use crate::formats::recordio::ImageHeader;
use crate::formats::support::{bounds_of, resume};
use crate::schema::{ClassKind, Schema, VOID};
use crate::shape::{Geometry, Shape};

/// A box around one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabeledBox {
    /// Class index as in the schema.
    pub class: u8,
    /// Left, top, right, bottom in pixels.
    pub corners: [f64; 4],
}

/// Writes one set of records, `boxes`, whose labels are `[2, 5, (class, left, top, right, bottom) …]`: the width of this head, the
/// width of an object, and the objects, with classes counted from 0 in the order of their indices and coordinates divided by
/// the picture's size. Images without boxes are left out, because MXNet's `ImageDetIter` refuses a file that has one.
#[derive(Debug)]
pub struct Boxes {
    schema: Schema,
    order: ClassOrder,
    options: RecordOptions,
    state: State,
}

impl Boxes {
    /// Begins the set, or goes on.
    ///
    /// # Errors
    /// The state is not one of this writer.
    pub fn new(schema: &Schema, options: RecordOptions, state: Option<&Value>) -> Result<Self, ExchangeError> {
        Ok(Self { schema: schema.clone(), order: ClassOrder::new(schema), options, state: resume(state)? })
    }
}

impl DatasetWriter for Boxes {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        let State { lengths, losses } = &mut self.state;
        let mut labels = vec![2.0, 5.0];
        for labeled in boxes_of(&item.shapes, &self.schema) {
            let unknown = || ExchangeError::image(&item.name, format!("class {} is not one of the dataset's classes", labeled.class));
            let class = self.order.label(labeled.class).ok_or_else(unknown)?;
            let share = |value: f64, size: u32| (value / f64::from(size)).clamp(0.0, 1.0) as f32;
            let [x0, y0, x1, y1] = labeled.corners;
            let [left, top, right, bottom] = [share(x0, item.width), share(y0, item.height), share(x1, item.width), share(y1, item.height)];
            // Compared as they will be read; this is false, too, for what is not a number.
            if right > left && bottom > top {
                labels.extend([f32::from(class), left, top, right, bottom]);
            } else {
                losses.add(Loss::NoArea, &item.name);
            }
        }
        if labels.len() == 2 {
            return Ok(false);
        }
        let set = named("boxes", self.options.split, item.subset);
        lengths.write(&set, &ImageHeader::many(lengths.next_id, labels), &item.name, picture, out)?;
        lengths.next_id += 1;
        common(losses, item, self.options);
        let stuff = |shape: &Shape| self.schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Stuff);
        for (loss, lost) in [
            (Loss::AreaToBox, count(&item.shapes, |shape| is_area(shape) && !is_void(shape) && !stuff(shape))),
            (Loss::Void, count(&item.shapes, is_void)),
            (Loss::Unsupported, count(&item.shapes, |shape| is_area(shape) && stuff(shape))),
            (Loss::Points, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Point { .. }))),
            (Loss::Tags, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Tag))),
        ] {
            losses.add_many(loss, &item.name, lost);
        }
        Ok(true)
    }

    fn state(&self) -> Value {
        json!(self.state)
    }

    fn losses(&self) -> &Losses {
        &self.state.losses
    }

    fn finish(self: Box<Self>, _: &mut dyn Output) -> Result<Losses, ExchangeError> {
        Ok(self.state.losses)
    }
}

/// The boxes around the things of an image: one for each class and instance number, and one for each shape without a
/// number. Shapes of stuff, void, points and tags have no boxes, nor do classes that are not in the schema.
#[must_use]
pub fn boxes_of(shapes: &[Shape], schema: &Schema) -> Vec<LabeledBox> {
    let mut boxes: Vec<(Option<u32>, LabeledBox)> = Vec::new();
    for shape in shapes {
        let thing = schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing);
        let Some(corners) = bounds(&shape.geometry).filter(|_| thing && shape.class != VOID) else { continue };
        let same = |(instance, labeled): &&mut (Option<u32>, LabeledBox)| {
            instance.is_some() && *instance == shape.instance && labeled.class == shape.class
        };
        if let Some((_, labeled)) = boxes.iter_mut().find(same) {
            let [x0, y0, x1, y1] = labeled.corners;
            labeled.corners = [x0.min(corners[0]), y0.min(corners[1]), x1.max(corners[2]), y1.max(corners[3])];
        } else {
            boxes.push((shape.instance, LabeledBox { class: shape.class, corners }));
        }
    }
    boxes.into_iter().map(|(_, labeled)| labeled).collect()
}

fn bounds(geometry: &Geometry) -> Option<[f64; 4]> {
    match geometry {
        Geometry::Polygon(polygon) => bounds_of(polygon.rings().flatten()),
        Geometry::Mask(mask) => mask.bounds().map(|b| [b.left, b.top, b.right, b.bottom].map(f64::from)),
        Geometry::Box { corners } => Some(*corners),
        Geometry::Point { .. } | Geometry::Tag => None,
    }
}
