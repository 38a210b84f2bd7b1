//! Rows of batches from records: read, decode, draw, write.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use labelwright_dataset::VOID;
use labelwright_dataset::formats::png_masks::{MaskPng, read_mask_png};
use labelwright_dataset::formats::recordio::ImageHeader;

use crate::loader::{Assembly, Cache, Filled, Pick, Scratch};
use crate::pixels::{Pixel, View, decode_words};
use crate::transform::Draws;

use super::batch::{Form, ImageBatch, Row, RowData};
use super::draw::{Begin, Memory};
use super::error::{OpenError, RecordProblem};
use super::file::Records;
use super::follow::follow;
use super::labels::Relabelled;
use super::parameters::{Dtype, ImageRecordParameters};
use super::plan::Plan;

/// What a record iterator's threads share.
#[derive(Debug)]
pub struct Rows {
    pub(super) source: Source,
    form: Form,
    parameters: ImageRecordParameters,
    masks: Option<Masks>,
    memory: Scratch<Memory>,
    cache: Cache<Kept>,
}

/// The records of a part, and their labels.
#[derive(Debug)]
pub(super) struct Source {
    pub records: Records,
    pub labels: Relabelled,
    pub part: Range<usize>,
}

/// A second file, whose records are masks.
#[derive(Debug)]
pub(super) struct Masks {
    records: Records,
    by_id: HashMap<u64, usize>,
}

/// A picture after its first resize, three bytes a pixel, and what else its record says.
#[derive(Debug)]
struct Kept {
    header: ImageHeader,
    /// As it was in the file.
    size: [u32; 2],
    resized: [u32; 2],
    pixels: Vec<[u8; 3]>,
    mask: Vec<u8>,
}

impl Source {
    pub fn open(parameters: &ImageRecordParameters) -> Result<Self, OpenError> {
        let (rec, idx) = (&parameters.path_imgrec, parameters.path_imgidx.as_deref());
        let records = Records::open(rec, idx)?;
        let labels = Relabelled::read(parameters.path_imglist.as_deref())?;
        let part = records.part(parameters.part_index, parameters.num_parts, idx.is_none());
        let part = part.map_err(|source| OpenError::Io { path: rec.clone(), source })?;
        if part.is_empty() {
            let (part, parts) = (parameters.part_index, parameters.num_parts);
            return Err(OpenError::Empty { path: rec.clone(), part, parts });
        }
        Ok(Self { records, labels, part })
    }

    /// The number in the file of an item of this part.
    pub fn number(&self, index: usize) -> usize {
        self.part.start + index
    }
}

impl Masks {
    pub fn open(rec: &Path) -> Result<Self, OpenError> {
        let records = Records::open(rec, super::file::beside(rec, "idx").as_deref())?;
        let failed = |source| OpenError::Record { path: rec.to_owned(), source };
        let (mut by_id, mut record) = (HashMap::new(), Vec::new());
        for number in 0..records.len() {
            records.header(number, &mut record).map_err(failed)?;
            if let Ok((header, _)) = ImageHeader::unpack(&record) {
                by_id.insert(header.id, number);
            }
        }
        if by_id.is_empty() { Err(OpenError::Unpaired(rec.to_owned())) } else { Ok(Self { records, by_id }) }
    }

    /// The mask of the picture with that id, which has a size.
    fn read(&self, id: u64, picture: [u32; 2], limit: u64, record: &mut Vec<u8>) -> Result<Vec<u8>, RecordProblem> {
        let number = *self.by_id.get(&id).ok_or(RecordProblem::NoMask { id })?;
        self.records.read(number, record)?;
        let (_, png) = ImageHeader::unpack(record)?;
        let MaskPng::Classes(map) = read_mask_png(png, limit)? else { return Err(RecordProblem::MaskOfThings) };
        let mask = [map.width, map.height];
        if mask == picture { Ok(map.classes) } else { Err(RecordProblem::Sizes { picture, mask }) }
    }
}

impl Rows {
    pub fn open(parameters: ImageRecordParameters, masks: Option<&Path>) -> Result<Self, OpenError> {
        parameters.check()?;
        let source = Source::open(&parameters)?;
        let masks = masks.map(Masks::open).transpose()?;
        let form = Form {
            shape: parameters.data_shape.map(|side| side as usize),
            label_width: parameters.label_width,
            masks: masks.is_some(),
            u8s: parameters.dtype == Dtype::Uint8,
            full: parameters.batch_size,
            home: std::sync::Arc::default(),
        };
        let cache = Cache::new(parameters.cache_bytes);
        Ok(Self { source, form, parameters, masks, memory: Scratch::default(), cache })
    }

    /// The bytes of decoded pictures that are kept.
    pub fn cached_bytes(&self) -> usize {
        self.cache.bytes()
    }

    fn make(&self, row: Row<'_>, pick: Pick, memory: &mut Memory) -> Result<(), RecordProblem> {
        let number = self.source.number(pick.index);
        let kept = if self.parameters.cache_bytes > 0 { self.cache.get(number) } else { None };
        if let Some(kept) = kept {
            let plan = self.plan(pick, kept.size)?;
            let words: Vec<Pixel> = kept.pixels.iter().map(|&[r, g, b]| [r, g, b, 0]).collect();
            return self.write(row, &plan, &kept.header, kept.size, Begin::Resized(View::whole(&words, kept.resized)), &kept.mask, memory);
        }
        let mut record = std::mem::take(&mut memory.record);
        let mut decoded = std::mem::take(&mut memory.decoded);
        let result = self.decode_and_write(row, pick, number, &mut record, &mut decoded, memory);
        (memory.record, memory.decoded) = (record, decoded);
        result
    }

    fn decode_and_write(
        &self,
        row: Row<'_>,
        pick: Pick,
        number: usize,
        record: &mut Vec<u8>,
        decoded: &mut Vec<u8>,
        memory: &mut Memory,
    ) -> Result<(), RecordProblem> {
        self.source.records.read(number, record)?;
        let (header, picture) = ImageHeader::unpack(record)?;
        let size = decode_words(picture, self.form.shape[0] == 1, self.parameters.max_pixels, decoded)?;
        let mask = match &self.masks {
            Some(masks) => masks.read(header.id, size, self.parameters.max_pixels, record)?,
            None => Vec::new(),
        };
        let plan = self.plan(pick, size)?;
        let view = View::whole(decoded.as_chunks().0, size);
        // A filter drawn at random would be the same in every epoch.
        if self.parameters.cache_bytes > 0 && self.parameters.inter_method != 10 {
            let [width, height] = plan.resized.map(|side| side as usize);
            let bytes = width * height * 3 + mask.len() + std::mem::size_of::<Kept>();
            if self.cache.has_room(bytes) {
                let resized = plan.resize_all(view);
                let pixels = resized.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
                let begin = Begin::Resized(View::whole(&resized, plan.resized));
                self.write(row, &plan, &header, size, begin, &mask, memory)?;
                self.cache.keep(number, bytes, Kept { header, size, resized: plan.resized, pixels, mask });
                return Ok(());
            }
        }
        self.write(row, &plan, &header, size, Begin::Decoded(view), &mask, memory)
    }

    fn plan(&self, pick: Pick, size: [u32; 2]) -> Result<Plan, RecordProblem> {
        let seed = self.parameters.seed_aug.unwrap_or(self.parameters.seed);
        Plan::draw(&self.parameters, size, &Draws::new(seed, pick.epoch, self.source.number(pick.index) as u64))
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &self,
        row: Row<'_>,
        plan: &Plan,
        header: &ImageHeader,
        size: [u32; 2],
        begin: Begin<'_>,
        mask: &[u8],
        memory: &mut Memory,
    ) -> Result<(), RecordProblem> {
        self.source.labels.copy(header, row.label)?;
        *row.index = header.id;
        let [_, height, width] = self.parameters.data_shape;
        let to = [width, height];
        if self.masks.is_some() {
            follow(mask, size, &plan.back(size, to), to, VOID, row.mask);
        }
        match row.data {
            RowData::F32(out) => plan.write(begin, to, memory, out),
            RowData::U8(out) => plan.write(begin, to, memory, out),
        }
        Ok(())
    }
}

impl Assembly for Rows {
    type Batch = ImageBatch;
    type Slot<'a> = Row<'a>;
    type Error = RecordProblem;

    fn len(&self) -> usize {
        self.source.part.len()
    }

    fn start(&self, _items: usize) -> ImageBatch {
        self.form.start()
    }

    fn slots<'a>(&'a self, batch: &'a mut ImageBatch) -> Vec<Row<'a>> {
        batch.rows()
    }

    fn fill(&self, row: Row<'_>, pick: Pick) -> Result<(), RecordProblem> {
        self.memory.with(|memory| self.make(row, pick, memory))
    }

    fn finish(&self, batch: &mut ImageBatch, filled: &Filled) {
        batch.close_up(filled);
    }
}
