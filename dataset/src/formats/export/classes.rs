//! Pictures with classes.

use std::collections::BTreeSet;
use std::io::Write;

use super::{ExportCount, ExportError};
use crate::formats::classes::ClassOrder;
use crate::formats::recordio::{ImageHeader, ImageRecordWriter, RecordFiles};
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

/// How the classes of an image become the labels of its record. Classes count from 0 in the order of their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassLabels {
    /// One number, the class. Images with none or several are left out.
    Single,
    /// A number for each class of the schema, 1 if the image has it and 0 if not. No image is left out.
    MultiHot,
}

/// One image of a class export.
#[derive(Clone, Copy, Debug)]
pub struct ClassItem<'a> {
    pub id: u64,
    /// The path in the `.lst`.
    pub name: &'a str,
    /// The picture file as it is.
    pub image: &'a [u8],
    /// Class indices as in the schema.
    pub classes: &'a [u8],
}

/// Writes one set of records with class labels.
#[derive(Debug)]
pub struct ClassWriter<W: Write> {
    records: ImageRecordWriter<W>,
    order: ClassOrder,
    labels: ClassLabels,
    count: ExportCount,
}

impl<W: Write> ClassWriter<W> {
    /// Begins the set.
    pub fn new(files: RecordFiles<W>, schema: &Schema, labels: ClassLabels) -> Self {
        Self { records: ImageRecordWriter::new(files), order: ClassOrder::new(schema), labels, count: ExportCount::default() }
    }

    /// Writes one image, unless its classes can't be said in the way that was chosen. Returns whether it was written.
    ///
    /// # Errors
    /// A class is unknown, the picture is too long for a record, or a sink fails.
    pub fn write(&mut self, item: &ClassItem) -> Result<bool, ExportError> {
        let unknown = |class| ExportError::UnknownClass { name: item.name.to_owned(), class };
        let classes = item.classes.iter().filter(|&&class| class != VOID);
        let positions = classes.map(|&class| self.order.label(class).ok_or_else(|| unknown(class))).collect::<Result<BTreeSet<u8>, _>>()?;
        let header = match self.labels {
            ClassLabels::Single => match positions.first() {
                Some(&position) if positions.len() == 1 => ImageHeader::one(item.id, f32::from(position)),
                _ => {
                    self.count.left_out += 1;
                    return Ok(false);
                }
            },
            ClassLabels::MultiHot => {
                let mut hot = vec![0.0; self.order.len()];
                positions.iter().for_each(|&position| hot[usize::from(position)] = 1.0);
                ImageHeader::many(item.id, hot)
            }
        };
        let written = self.records.write(&header, item.name, item.image);
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

/// The classes of an image in ascending order: those of its tags, or, if it has no tags, those of all its shapes. Void is
/// not a class.
#[must_use]
pub fn classes_of(shapes: &[Shape]) -> Vec<u8> {
    let is_tag = |shape: &&Shape| matches!(shape.geometry, Geometry::Tag);
    let tagged = shapes.iter().any(|shape| is_tag(&shape));
    let counted = shapes.iter().filter(|shape| shape.class != VOID && (!tagged || is_tag(shape)));
    counted.map(|shape| shape.class).collect::<BTreeSet<_>>().into_iter().collect()
}
