//! Writing `instances_*.json`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::HOLDS;
use super::annotation::{AnnotationOut, ImageOut, SegmentationOut};
use super::areas::{Area, area};
use super::parts::State;
use super::rle::{column_runs, compress};
use crate::exchange::{DatasetWriter, ExchangeError, Item, Loss, Losses, Output};
use crate::formats::support::{bounds_of, check, common_answers, count_unsaid, extent, is_crowd, objects, resume, settings, word_of};
use crate::geometry::{Mask, Part};
use crate::schema::{Schema, VOID};
use crate::shape::{Attributes, Geometry, Shape};

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Coding {
    #[default]
    Compressed,
    Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Masks {
    #[default]
    Rle,
    Polygons,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    pictures: bool,
    rle: Coding,
    masks: Masks,
}

impl Default for Options {
    fn default() -> Self {
        Self { pictures: true, rle: Coding::default(), masks: Masks::default() }
    }
}

struct Writer {
    schema: Schema,
    options: Options,
    state: State,
}

/// See [`MakeWriter`](crate::formats::registry::MakeWriter).
pub(super) fn make(schema: &Schema, options: &Value, state: Option<&Value>) -> Result<Box<dyn DatasetWriter>, ExchangeError> {
    Ok(Box::new(Writer { schema: schema.clone(), options: settings(options)?, state: resume(state)? }))
}

impl Writer {
    fn coded(&self, mask: &Mask) -> SegmentationOut {
        let (size, runs) = ([mask.height(), mask.width()], column_runs(mask));
        match self.options.rle {
            Coding::Compressed => SegmentationOut::Text { size, counts: compress(&runs) },
            Coding::Counts => SegmentationOut::Runs { size, counts: runs },
        }
    }

    /// The annotation of one object of areas.
    fn of_object(&self, shapes: &[&Shape], item: &Item, losses: &mut Losses) -> Option<AnnotationOut> {
        let crowd = is_crowd(shapes[0], &self.schema);
        let trace = self.options.masks == Masks::Polygons && !crowd;
        let (segmentation, bbox, pixels) = match area(shapes, item, trace, losses)? {
            Area::Polygons { parts, pixels } => {
                let [left, top, right, bottom] = bounds_of(parts.iter().flat_map(|part| &part.outer))?;
                let flat = |part: &Part| part.outer.iter().flat_map(|point| [point.x, point.y]).collect();
                (SegmentationOut::Polygons(parts.iter().map(flat).collect()), [left, top, right - left, bottom - top], pixels)
            }
            Area::Mask(mask) => {
                let bounds = mask.bounds()?;
                let corners = [bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top];
                (self.coded(&mask), corners.map(f64::from), mask.area())
            }
        };
        let score = shapes.iter().filter_map(|shape| shape.confidence).reduce(f32::min);
        if shapes.iter().any(|shape| shape.confidence != score) {
            losses.add(Loss::Confidence, &item.name);
        }
        let (attributes, more) = common_answers(shapes);
        losses.add_many(Loss::Attributes, &item.name, u64::from(more));
        let class = shapes[0].class;
        Some(AnnotationOut { attributes, score, ..annotation(class, segmentation, bbox, pixels as f64, crowd) })
    }

    fn of_box(&self, shape: &Shape, corners: [f64; 4], name: &str, losses: &mut Losses) -> Option<AnnotationOut> {
        let [x0, y0, x1, y1] = corners;
        let (width, height) = (x1 - x0, y1 - y0);
        if !(width > 0.0 && height > 0.0) {
            losses.add(Loss::NoArea, name);
            return None;
        }
        let bbox = [x0, y0, extent(x0, x1), extent(y0, y1)];
        if bbox[0] + bbox[2] != x1 || bbox[1] + bbox[3] != y1 {
            losses.add(Loss::Rounded, name);
        }
        let segmentation = SegmentationOut::Polygons(Vec::new());
        let (score, attributes) = (shape.confidence, shape.attributes.clone());
        Some(AnnotationOut { score, attributes, ..annotation(shape.class, segmentation, bbox, width * height, false) })
    }
}

/// An annotation whose ids are filled in when all of an image are known.
fn annotation(category_id: u8, segmentation: SegmentationOut, bbox: [f64; 4], area: f64, crowd: bool) -> AnnotationOut {
    let (score, attributes) = (None, Attributes::new());
    AnnotationOut { id: 0, image_id: 0, category_id, segmentation, area, bbox, iscrowd: u8::from(crowd), score, attributes }
}

impl DatasetWriter for Writer {
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError> {
        check(item, &self.schema)?;
        let mut losses = std::mem::take(&mut self.state.losses);
        let mut annotations: Vec<AnnotationOut> = Vec::new();
        for shapes in objects(item, &self.schema) {
            annotations.extend(self.of_object(&shapes, item, &mut losses));
        }
        for shape in item.shapes.iter().filter(|shape| shape.class != VOID) {
            if let Geometry::Box { corners } = shape.geometry {
                annotations.extend(self.of_box(shape, corners, &item.name, &mut losses));
            }
        }
        count_unsaid(item, HOLDS, &mut losses);
        self.state.losses = losses;
        let first = self.state.annotations + 1;
        let text = |(id, mut annotation): (u64, AnnotationOut)| {
            (annotation.id, annotation.image_id) = (id, self.state.images + 1);
            serde_json::to_string(&annotation)
        };
        let failed = |error: serde_json::Error| ExchangeError::image(&item.name, error);
        let texts = (first..).zip(annotations).map(text).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let image = ImageOut { id: self.state.images + 1, file_name: &item.name, width: item.width, height: item.height };
        let image = serde_json::to_string(&image).map_err(failed)?;
        let subset = word_of(item.subset);
        if self.options.pictures {
            let path = format!("images/{subset}/{}", item.name);
            out.put(&path, picture).map_err(ExchangeError::io(path))?;
        }
        self.state.append(("instances", subset), &self.schema, &image, &texts, out)?;
        Ok(true)
    }

    fn state(&self) -> Value {
        serde_json::to_value(&self.state).unwrap_or_default()
    }

    fn losses(&self) -> &Losses {
        &self.state.losses
    }

    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError> {
        self.state.finish("instances", &self.schema, out)
    }
}
