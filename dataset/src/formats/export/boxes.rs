//! Pictures with boxes, in the label format of MXNet's detection iterators.

use std::io::Write;

use super::{ExportCount, ExportError};
use crate::formats::classes::ClassOrder;
use crate::formats::recordio::{ImageHeader, ImageRecordWriter, RecordFiles};
use crate::formats::support::bounds_of;
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

/// One image of a box export.
#[derive(Clone, Copy, Debug)]
pub struct BoxItem<'a> {
    pub id: u64,
    /// The path in the `.lst`.
    pub name: &'a str,
    /// The picture file as it is.
    pub image: &'a [u8],
    pub width: u32,
    pub height: u32,
    pub boxes: &'a [LabeledBox],
}

/// Writes one set of records whose labels are `[2, 5, (class, left, top, right, bottom) …]`: the width of this head, the
/// width of an object, and the objects, with classes counted from 0 in the order of their indices and coordinates divided by
/// the picture's size. Images without boxes are left out, because MXNet's `ImageDetIter` refuses a file that has one.
#[derive(Debug)]
pub struct BoxWriter<W: Write> {
    records: ImageRecordWriter<W>,
    order: ClassOrder,
    count: ExportCount,
}

impl<W: Write> BoxWriter<W> {
    /// Begins the set.
    pub fn new(files: RecordFiles<W>, schema: &Schema) -> Self {
        Self { records: ImageRecordWriter::new(files), order: ClassOrder::new(schema), count: ExportCount::default() }
    }

    /// Writes one image, unless none of its boxes has an area within the picture. Returns whether it was written.
    ///
    /// # Errors
    /// A class is unknown, the picture is too long for a record, or a sink fails.
    pub fn write(&mut self, item: &BoxItem) -> Result<bool, ExportError> {
        let mut labels = vec![2.0, 5.0];
        for labeled in item.boxes.iter().filter(|labeled| labeled.class != VOID) {
            let unknown = ExportError::UnknownClass { name: item.name.to_owned(), class: labeled.class };
            let class = self.order.label(labeled.class).ok_or(unknown)?;
            let share = |value: f64, size: u32| (value / f64::from(size)).clamp(0.0, 1.0) as f32;
            let [x0, y0, x1, y1] = labeled.corners;
            let [left, top, right, bottom] = [share(x0, item.width), share(y0, item.height), share(x1, item.width), share(y1, item.height)];
            // Compared as they will be read; this is false, too, for what is not a number.
            if right > left && bottom > top {
                labels.extend([f32::from(class), left, top, right, bottom]);
            }
        }
        if labels.len() == 2 {
            self.count.left_out += 1;
            return Ok(false);
        }
        let written = self.records.write(&ImageHeader::many(item.id, labels), item.name, item.image);
        written.map_err(|source| ExportError::Write { name: item.name.to_owned(), source })?;
        self.count.written += 1;
        Ok(true)
    }

    /// Flushes everything and gives the sinks back, and how many images there are.
    ///
    /// # Errors
    /// A sink fails.
    pub fn finish(self) -> Result<(RecordFiles<W>, ExportCount), ExportError> {
        Ok((self.records.finish().map_err(ExportError::Finish)?, self.count))
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
