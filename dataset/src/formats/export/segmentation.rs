//! Pictures and masks as two sets of records with the same ids.

use std::io::Write;
use std::path::Path;

use super::{ExportCount, ExportError};
use crate::formats::png_masks::png_gray8;
use crate::formats::recordio::{ImageHeader, ImageRecordWriter, RecordFiles};
use crate::raster::ClassMap;

/// One image of a segmentation export.
#[derive(Clone, Copy, Debug)]
pub struct SegmentationItem<'a> {
    /// The key in both `.idx` files.
    pub id: u64,
    /// The path in the `.lst`; the mask's is the same with the ending `.png`.
    pub name: &'a str,
    /// The picture file as it is.
    pub image: &'a [u8],
    /// The class of every pixel of the picture.
    pub mask: &'a ClassMap,
}

/// Writes `seg_image` and `seg_mask`, each `.rec`, `.idx` and `.lst`. The record labels are 0; the masks are the labels.
#[derive(Debug)]
pub struct SegmentationWriter<W: Write> {
    images: ImageRecordWriter<W>,
    masks: ImageRecordWriter<W>,
    count: ExportCount,
}

impl<W: Write> SegmentationWriter<W> {
    /// Begins both sets.
    pub fn new(images: RecordFiles<W>, masks: RecordFiles<W>) -> Self {
        Self { images: ImageRecordWriter::new(images), masks: ImageRecordWriter::new(masks), count: ExportCount::default() }
    }

    /// Writes one image and its mask.
    ///
    /// # Errors
    /// The mask's length is not its size, the picture is too long for a record, or a sink fails.
    pub fn write(&mut self, item: &SegmentationItem) -> Result<(), ExportError> {
        let name = || item.name.to_owned();
        let failed = |source| ExportError::Write { name: name(), source };
        let mask = png_gray8(item.mask.width, item.mask.height, &item.mask.classes)
            .map_err(|source| ExportError::Mask { name: name(), source })?;
        let header = ImageHeader::one(item.id, 0.0);
        let mask_name = Path::new(item.name).with_extension("png");
        self.images.write(&header, item.name, item.image).map_err(failed)?;
        self.masks.write(&header, &mask_name.to_string_lossy(), &mask).map_err(failed)?;
        self.count.written += 1;
        Ok(())
    }

    /// Flushes everything and gives the sinks back: pictures, masks, and how many images there are.
    ///
    /// # Errors
    /// A sink fails.
    pub fn finish(self) -> Result<(RecordFiles<W>, RecordFiles<W>, ExportCount), ExportError> {
        let images = self.images.finish().map_err(ExportError::Finish)?;
        let masks = self.masks.finish().map_err(ExportError::Finish)?;
        Ok((images, masks, self.count))
    }
}
