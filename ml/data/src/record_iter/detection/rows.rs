//! Rows of batches with boxes.

use labelwright_dataset::formats::recordio::ImageHeader;

use super::label::Label;
use super::parameters::{DetectionParameters, ResizeMode};
use super::window::{self, Share};
use crate::loader::{Assembly, Filled, Pick, Scratch};
use crate::pixels::color::{HlsShift, contrast};
use crate::pixels::resize::{Filter, ResizeMemory, resize_window, short_side};
use crate::pixels::{Finish, Pixel, PlanesMemory, Value, View, Window, decode_words};
use crate::record_iter::batch::{Form, ImageBatch, Row, RowData};
use crate::record_iter::error::{OpenError, RecordProblem};
use crate::record_iter::parameters::{Dtype, ImageRecordParameters};
use crate::record_iter::plan::filter;
use crate::record_iter::rows::Source;
use crate::transform::Draws;

/// Numbers before the label: channels, rows, columns, length.
const HEAD: usize = 4;
/// No picture with its border has more pixels.
const MOST_PIXELS: u64 = 1 << 28;

/// What a detection iterator's threads share.
#[derive(Debug)]
pub struct DetectionRows {
    source: Source,
    form: Form,
    parameters: ImageRecordParameters,
    detection: DetectionParameters,
    memory: Scratch<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    record: Vec<u8>,
    decoded: Vec<u8>,
    resize: ResizeMemory,
    canvas: Vec<Pixel>,
    sized: Vec<Pixel>,
    planes: PlanesMemory,
    values: Vec<f32>,
}

impl DetectionRows {
    pub(super) fn open(parameters: ImageRecordParameters, detection: DetectionParameters) -> Result<Self, OpenError> {
        parameters.check()?;
        detection.check()?;
        let source = Source::open(&parameters)?;
        let widest = match (detection.label_pad_width, source.labels.widest()) {
            (0, Some(widest)) => widest,
            (0, None) => {
                source.records.widest_label().map_err(|e| OpenError::Record { path: parameters.path_imgrec.clone(), source: e })?
            }
            (width, _) => width,
        };
        let form = Form {
            shape: parameters.data_shape.map(|side| side as usize),
            label_width: HEAD + widest,
            masks: false,
            u8s: parameters.dtype == Dtype::Uint8,
            full: parameters.batch_size,
            home: std::sync::Arc::default(),
        };
        Ok(Self { source, form, parameters, detection, memory: Scratch::default() })
    }

    pub(super) fn label_width(&self) -> usize {
        self.form.label_width
    }

    fn make(&self, row: Row<'_>, pick: Pick, memory: &mut Memory) -> Result<(), RecordProblem> {
        let (p, d) = (&self.parameters, &self.detection);
        let number = self.source.number(pick.index);
        self.source.records.read(number, &mut memory.record)?;
        let (header, picture) = ImageHeader::unpack(&memory.record)?;
        let label = Label::parse(self.source.labels.of(&header)?)?;
        let size = decode_words(picture, p.data_shape[0] == 1, p.max_pixels, &mut memory.decoded)?;
        let draws = Draws::new(p.seed_aug.unwrap_or(p.seed), pick.epoch, number as u64);
        let seen = window::draw(d, &label, &mut draws.fork(1));
        let mirror = p.mirror || draws.fork(2).chance(f64::from(d.rand_mirror_prob));
        let (place, seen) = pixels_of(seen, size, p.resize)?;
        let label = label.seen(seen, mirror, d.crop_emit_mode, d.emit_overlap_thresh);

        let Memory { decoded, resize, canvas, sized, planes, values, .. } = memory;
        let from = View::whole(decoded.as_chunks().0, size);
        place.cut(from, p.fill_value, resize, canvas);
        let to = self.size_in_row(place.size);
        let filter = filter(p.inter_method, place.size, to, &mut draws.fork(3));
        resize_window(View::whole(canvas, place.size), to, Window::whole(to), filter, resize, sized);
        let mut own = draws.fork(4);
        if own.chance(f64::from(d.random_contrast_prob)) {
            let most = f64::from(d.max_random_contrast);
            contrast(sized, 1.0 + own.between([-most, most]) as f32);
        }
        let finish = Finish { mirror, hls: self.color(&mut draws.fork(5)), ..self.levels() };
        match row.data {
            RowData::F32(out) => self.write(&finish, sized, to, planes, values, out),
            RowData::U8(out) => self.write(&finish, sized, to, planes, &mut Vec::new(), out),
        }
        *row.index = header.id;
        self.write_label(&label, to, row.label)
    }

    /// Width and height of the picture in its row of the batch.
    fn size_in_row(&self, size: [u32; 2]) -> [u32; 2] {
        let [_, height, width] = self.parameters.data_shape;
        let fit = (f64::from(width) / f64::from(size[0])).min(f64::from(height) / f64::from(size[1]));
        let scaled = |scale: f64| {
            let [w, h] = size.map(|side| (f64::from(side) * scale).round().max(1.0) as u32);
            [w.min(width), h.min(height)]
        };
        match self.detection.resize_mode {
            ResizeMode::Force => [width, height],
            ResizeMode::Shrink => scaled(fit.min(1.0)),
            ResizeMode::Fit => scaled(fit),
        }
    }

    fn color(&self, draws: &mut Draws) -> HlsShift {
        let d = &self.detection;
        let mut moved = |chance: f32, most: u32| {
            let by = draws.whole(-i64::from(most), i64::from(most)) as f32;
            if draws.chance(f64::from(chance)) { by } else { 0.0 }
        };
        HlsShift {
            hue: moved(d.random_hue_prob, d.max_random_hue),
            saturation: moved(d.random_saturation_prob, d.max_random_saturation),
            lightness: moved(d.random_illumination_prob, d.max_random_illumination),
        }
    }

    fn levels(&self) -> Finish {
        let p = &self.parameters;
        if p.dtype == Dtype::Uint8 {
            return Finish::default();
        }
        let scale = [p.std_r, p.std_g, p.std_b].map(|std| p.scale / std);
        let mean = [p.mean_r, p.mean_g, p.mean_b];
        Finish { scale, shift: std::array::from_fn(|c| -mean[c] * scale[c]), ..Finish::default() }
    }

    /// Writes a picture that may be smaller than its row into the upper left corner.
    fn write<T: Value>(
        &self,
        finish: &Finish,
        pixels: &[Pixel],
        to: [u32; 2],
        planes: &mut PlanesMemory,
        values: &mut Vec<T>,
        out: &mut [T],
    ) {
        let [channels, height, width] = self.form.shape;
        let [w, h] = to.map(|side| side as usize);
        if (w, h) == (width, height) {
            return finish.write(pixels, width, planes, out);
        }
        values.resize(channels * w * h, T::default());
        finish.write(pixels, w, planes, values);
        out.fill(T::default());
        for (plane, small) in out.chunks_exact_mut(width * height).zip(values.chunks_exact(w * h)) {
            for (row, line) in plane.chunks_exact_mut(width).zip(small.chunks_exact(w)) {
                row[..w].copy_from_slice(line);
            }
        }
    }

    fn write_label(&self, label: &Label, [width, height]: [u32; 2], out: &mut [f32]) -> Result<(), RecordProblem> {
        let room = out.len() - HEAD;
        if label.len() > room {
            return Err(RecordProblem::LabelWidth { found: label.len(), wanted: room });
        }
        out.fill(self.detection.label_pad_value);
        let head = [self.form.shape[0] as f32, height as f32, width as f32, label.len() as f32];
        out.iter_mut().zip(head.into_iter().chain(label.numbers())).for_each(|(out, number)| *out = number);
        Ok(())
    }
}

/// A part of a picture in whole pixels, of which some may be outside.
struct Place {
    left: i64,
    top: i64,
    size: [u32; 2],
    /// The picture's size, to which it is resized before.
    whole: [u32; 2],
}

/// The part in whole pixels of the resized picture, and the share that these are.
fn pixels_of(share: Share, size: [u32; 2], resize: i32) -> Result<(Place, Share), RecordProblem> {
    let whole = if resize > 0 { short_side(size, resize as u32) } else { size };
    let [width, height] = whole.map(|side| side as f32);
    let (left, top) = ((share.left * width).round() as i64, (share.top * height).round() as i64);
    let side = |from: i64, end: f32| ((end.round() as i64) - from).clamp(1, 1 << 24) as u32;
    let size = [side(left, share.right * width), side(top, share.bottom * height)];
    for size in [whole, size] {
        let pixels = u64::from(size[0]) * u64::from(size[1]);
        if pixels > MOST_PIXELS {
            return Err(RecordProblem::TooLarge { pixels, limit: MOST_PIXELS });
        }
    }
    let exact = Share {
        left: left as f32 / width,
        top: top as f32 / height,
        right: (left + i64::from(size[0])) as f32 / width,
        bottom: (top + i64::from(size[1])) as f32 / height,
    };
    Ok((Place { left, top, size, whole }, exact))
}

impl Place {
    fn cut(&self, from: View<'_, Pixel>, fill: u8, memory: &mut ResizeMemory, out: &mut Vec<Pixel>) {
        let span = |begin: i64, length: u32, limit: u32| {
            let (a, b) = (begin.clamp(0, i64::from(limit)), (begin + i64::from(length)).clamp(0, i64::from(limit)));
            (a as u32, (b - a) as u32)
        };
        let ((left, width), (top, height)) = (span(self.left, self.size[0], self.whole[0]), span(self.top, self.size[1], self.whole[1]));
        let inside = Window { left, top, width, height };
        if inside.size() == self.size {
            return resize_window(from, self.whole, inside, Filter::Bilinear, memory, out);
        }
        let mut part = Vec::new();
        resize_window(from, self.whole, inside, Filter::Bilinear, memory, &mut part);
        let stride = self.size[0] as usize;
        out.clear();
        out.resize(stride * self.size[1] as usize, [fill; 4]);
        let (x, y) = ((i64::from(left) - self.left) as usize, (i64::from(top) - self.top) as usize);
        for (row, line) in out.chunks_exact_mut(stride).skip(y).zip(part.chunks_exact(width.max(1) as usize)) {
            row[x..x + width as usize].copy_from_slice(line);
        }
    }
}

impl Assembly for DetectionRows {
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
