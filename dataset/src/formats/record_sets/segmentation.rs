//! Pictures and masks as two sets of records with the same ids.

use serde_json::{Value, json};

use super::set::named;
use super::{RecordOptions, State, common, count};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output, stem};
use crate::formats::png_masks::png_gray8;
use crate::formats::recordio::ImageHeader;
use crate::formats::support::resume;
use crate::raster::paint;
use crate::shape::Geometry;

/// Writes `seg_image` and `seg_mask`, each `.rec`, `.idx` and `.lst`. The record labels are 0; the masks, 8-bit PNGs of class indices, are
/// the labels.
#[derive(Debug)]
pub struct Segmentation {
    options: RecordOptions,
    state: State,
}

impl Segmentation {
    /// Begins both sets, or goes on.
    ///
    /// # Errors
    /// The state is not one of this writer.
    pub fn new(options: RecordOptions, state: Option<&Value>) -> Result<Self, ExchangeError> {
        Ok(Self { options, state: resume(state)? })
    }
}

impl DatasetWriter for Segmentation {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        let State { lengths, losses } = &mut self.state;
        let map = paint(&item.shapes, item.width, item.height);
        let mask = png_gray8(item.width, item.height, &map.classes).map_err(|error| ExchangeError::image(&item.name, error))?;
        let header = ImageHeader::one(lengths.next_id, 0.0);
        let set = |name: &str| named(name, self.options.split, item.subset);
        lengths.write(&set("seg_image"), &header, &item.name, picture, out)?;
        lengths.write(&set("seg_mask"), &header, &format!("{}.png", stem(&item.name)), &mask, out)?;
        lengths.next_id += 1;
        common(losses, item, self.options);
        for (loss, lost) in [
            (Loss::Instances, count(&item.shapes, |shape| shape.instance.is_some())),
            (Loss::PolygonToMask, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Polygon(_)))),
            (Loss::Boxes, count(&item.shapes, |shape| matches!(shape.geometry, Geometry::Box { .. }))),
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
