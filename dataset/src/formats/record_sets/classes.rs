//! Pictures with classes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::set::named;
use super::{RecordOptions, State, common, count, is_area, is_void};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output};
use crate::formats::classes::ClassOrder;
use crate::formats::recordio::ImageHeader;
use crate::formats::support::resume;
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

/// What can be chosen about records with classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassOptions {
    pub split: bool,
    /// A number for each class of the schema, 1 if the image has it and 0 if not, and no image is left out; otherwise one number, the class,
    /// and images with none or several are left out. Classes count from 0 in the order of their indices.
    pub multi_hot: bool,
}

impl Default for ClassOptions {
    fn default() -> Self {
        Self { split: false, multi_hot: true }
    }
}

/// Writes one set of records, `classes`, with class labels.
#[derive(Debug)]
pub struct Classes {
    order: ClassOrder,
    options: ClassOptions,
    state: State,
}

impl Classes {
    /// Begins the set, or goes on.
    ///
    /// # Errors
    /// The state is not one of this writer.
    pub fn new(schema: &Schema, options: ClassOptions, state: Option<&Value>) -> Result<Self, ExchangeError> {
        Ok(Self { order: ClassOrder::new(schema), options, state: resume(state)? })
    }
}

impl DatasetWriter for Classes {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        let State { lengths, losses } = &mut self.state;
        let unknown = |class| ExchangeError::image(&item.name, format!("class {class} is not one of the dataset's classes"));
        let classes = classes_of(&item.shapes);
        let positions = classes.iter().map(|&class| self.order.label(class).ok_or_else(|| unknown(class)));
        let positions = positions.collect::<Result<BTreeSet<u8>, _>>()?;
        let id = lengths.next_id;
        let header = if self.options.multi_hot {
            let mut hot = vec![0.0; self.order.len()];
            positions.iter().for_each(|&position| hot[usize::from(position)] = 1.0);
            ImageHeader::many(id, hot)
        } else {
            match positions.first() {
                Some(&position) if positions.len() == 1 => ImageHeader::one(id, f32::from(position)),
                _ => return Ok(false),
            }
        };
        lengths.write(&named("classes", self.options.split, item.subset), &header, &item.name, picture, out)?;
        lengths.next_id += 1;
        common(losses, item, RecordOptions { split: self.options.split });
        for (loss, lost) in [
            (Loss::Unsupported, count(&item.shapes, |shape| is_area(shape) && !is_void(shape))),
            (Loss::Void, count(&item.shapes, is_void)),
            (Loss::Boxes, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Box { .. }))),
            (Loss::Points, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Point { .. }))),
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

/// The classes of an image in ascending order: those of its tags, or, if it has no tags, those of all its shapes. Void is
/// not a class.
#[must_use]
pub fn classes_of(shapes: &[Shape]) -> Vec<u8> {
    let is_tag = |shape: &&Shape| matches!(shape.geometry, Geometry::Tag);
    let tagged = shapes.iter().any(|shape| is_tag(&shape));
    let counted = shapes.iter().filter(|shape| shape.class != VOID && (!tagged || is_tag(shape)));
    counted.map(|shape| shape.class).collect::<BTreeSet<_>>().into_iter().collect()
}
