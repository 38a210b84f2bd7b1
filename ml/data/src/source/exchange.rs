//! Sets in any format that is read image by image: COCO, VOC, Cityscapes, YOLO, LabelMe, manifests and the others.

use std::borrow::Cow;
use std::sync::Arc;

use labelwright_dataset::exchange::{DatasetReader, ExchangeError, Input, Losses, ReadItem};
use labelwright_dataset::formats::record_sets::boxes_of;
use labelwright_dataset::{Geometry, Schema, Shape, Subset, VOID, paint, paint_instances};

use super::error::ItemProblem;
use super::files::{self, Limits, Parts};
use super::{DataSet, ItemError, SourceError};
use crate::sample::{BoxLabel, Outline, Sample, Target};

/// A set whose labels were read once and are kept; pictures are read and decoded when they are asked for.
pub struct ExchangeSet {
    input: Arc<dyn Input>,
    schema: Schema,
    items: Vec<ReadItem>,
    problems: Vec<ExchangeError>,
    losses: Losses,
    parts: Parts,
    limits: Limits,
}

impl ExchangeSet {
    /// Reads all labels. Images that can't be read are left out and listed by [`problems`](Self::problems). Pictures are found in `input`.
    ///
    /// # Errors
    /// The set as a whole can't be read.
    pub fn read(mut reader: Box<dyn DatasetReader>, input: Arc<dyn Input>, parts: Parts) -> Result<Self, SourceError> {
        let (mut items, mut problems) = (Vec::new(), Vec::new());
        for item in &mut reader {
            match item {
                Ok(item) => items.push(item),
                Err(error) if error.is_of_one_image() => problems.push(error),
                Err(error) => return Err(error.into()),
            }
        }
        let (schema, losses) = (reader.schema().clone(), reader.losses().clone());
        Ok(Self { input, schema, items, problems, losses, parts, limits: Limits::default() })
    }

    /// Other limits than the usual ones.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Images whose label could not be read.
    #[must_use]
    pub fn problems(&self) -> &[ExchangeError] {
        &self.problems
    }

    /// What the format says and could not be taken over.
    #[must_use]
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    fn at(&self, index: usize) -> Result<&ReadItem, ItemError> {
        self.items.get(index).ok_or_else(|| ItemProblem::Missing { len: self.items.len() }.at(index, ""))
    }

    fn sample(&self, read: &ReadItem) -> Result<Sample, ItemProblem> {
        let file = read.picture.as_deref().unwrap_or(&read.item.name);
        let bytes = files::read(&*self.input, file, self.limits)?;
        let mut sample = Sample::new(read.item.name.clone(), files::picture(&bytes, self.limits)?);
        files::fits(&sample, "label is for", [read.item.width, read.item.height])?;
        sample.target = target(&read.item.shapes, sample.size(), self.parts, &self.schema)?;
        Ok(sample)
    }
}

/// Shapes as the parts of a label. Things without a number get one, the same in every part.
///
/// # Errors
/// There are more things than a map can number.
pub fn target(shapes: &[Shape], [width, height]: [u32; 2], parts: Parts, schema: &Schema) -> Result<Target, ItemProblem> {
    let shapes = numbered(shapes);
    let mut target = Target::default();
    if parts.mask {
        target.mask = Some(paint(&shapes, width, height));
    }
    if parts.instances {
        target.instances = Some(paint_instances(&shapes, width, height).map_err(|error| ItemProblem::Label(error.to_string()))?);
    }
    if parts.outlines {
        target.outlines = shapes.iter().filter_map(outline).collect();
    }
    if parts.boxes {
        target.boxes = boxes(&shapes, schema);
    }
    let tags = shapes.iter().filter(|shape| matches!(shape.geometry, Geometry::Tag));
    target.labels = tags.filter_map(|shape| class_number(schema, shape.class)).map(|label| label as f32).collect();
    Ok(target)
}

/// The number of a class in records and batches: its place among the classes by index, from 0.
pub(crate) fn class_number(schema: &Schema, index: u8) -> Option<usize> {
    schema.class(index)?;
    Some(schema.classes.iter().filter(|class| class.index < index).count())
}

/// All shapes with a number, as [`paint_instances`] gives it.
fn numbered(shapes: &[Shape]) -> Vec<Shape> {
    let mut next = shapes.iter().filter_map(|shape| shape.instance).max().unwrap_or(0);
    let mut shapes = shapes.to_vec();
    // Areas first, because those are what a map of things counts.
    for areas in [true, false] {
        for shape in &mut shapes {
            let area = matches!(shape.geometry, Geometry::Polygon(_) | Geometry::Mask(_));
            if area == areas && shape.instance.is_none() && (shape.class != VOID || !area) {
                next = next.saturating_add(1);
                shape.instance = Some(next);
            }
        }
    }
    shapes
}

fn outline(shape: &Shape) -> Option<Outline> {
    let polygon = match &shape.geometry {
        Geometry::Polygon(polygon) => polygon.clone(),
        Geometry::Mask(mask) => mask.to_polygon(),
        Geometry::Box { .. } | Geometry::Point { .. } | Geometry::Tag => return None,
    };
    Some(Outline { class: shape.class, instance: shape.instance, polygon })
}

fn boxes(shapes: &[Shape], schema: &Schema) -> Vec<BoxLabel> {
    let mut sorted = shapes.to_vec();
    sorted.sort_by_key(|shape| shape.instance);
    let of_one = |shapes: &[Shape]| {
        let instance = shapes.first().and_then(|shape| shape.instance);
        boxes_of(shapes, schema).into_iter().map(move |found| BoxLabel { instance, ..BoxLabel::new(u32::from(found.class), found.corners) })
    };
    sorted.chunk_by(|a, b| a.instance == b.instance).flat_map(of_one).collect()
}

impl DataSet for ExchangeSet {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        Ok(Cow::Borrowed(&self.at(index)?.item.name))
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        self.items.get(index)?.item.subset
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        let read = self.at(index)?;
        self.sample(read).map_err(|problem| problem.at(index, &read.item.name))
    }
}
