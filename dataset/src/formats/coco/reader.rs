//! Reading `instances_*.json`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::annotation::{Annotation, Segmentation};
use super::categories::Categories;
use super::index::{Entry, Files, Found, picture};
use crate::exchange::{DatasetReader, ExchangeError, Input, Item, Loss, Losses, Origin, ReadItem, safe_name};
use crate::formats::support::{answers_of, disjoint, settings};
use crate::geometry::{Mask, Part, Point, Polygon};
use crate::schema::{ClassKind, Schema};
use crate::shape::{Attributes, Geometry, Shape};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {}

struct Reader {
    input: Arc<dyn Input>,
    schema: Schema,
    files: Files,
}

/// See [`MakeReader`](crate::formats::registry::MakeReader).
pub(super) fn make(input: Arc<dyn Input>, options: &Value) -> Result<Box<dyn DatasetReader>, ExchangeError> {
    let Options {} = settings(options)?;
    let mut files = Files::new(input.as_ref(), false)?;
    Ok(Box::new(Reader { schema: files.categories.schema()?, input, files }))
}

/// What is read of one annotation.
struct Read {
    shape: Option<Shape>,
    losses: Vec<Loss>,
}

/// A shape without its number.
fn shape(annotation: Annotation, entry: &Entry, categories: &Categories) -> Result<Read, String> {
    let category = annotation.category_id;
    let class = categories.class(category).ok_or_else(|| format!("category {category} is not listed"))?;
    let (width, height) = (entry.width, entry.height);
    let mut losses = Vec::new();
    if annotation.keypoints.is_some() {
        losses.push(Loss::Unsupported);
    }
    let geometry = match annotation.segmentation {
        Segmentation::Rle(rle) => {
            let mask = rle.mask().map_err(|error| error.to_string())?;
            if (mask.width(), mask.height()) != (width, height) {
                return Err(format!("the mask is of {}×{} pixels, but the image of {width}×{height}", mask.width(), mask.height()));
            }
            Some(Geometry::Mask(mask))
        }
        Segmentation::Polygons(lists) => polygons(&lists, width, height, annotation.iscrowd, &mut losses)?,
        Segmentation::None => match annotation.bbox.as_deref() {
            Some(&[x, y, w, h]) => Some(Geometry::Box { corners: [x, y, x + w, y + h] }),
            Some([]) | None => {
                losses.push(Loss::Unsupported);
                None
            }
            Some(numbers) => return Err(format!("the box has {} numbers instead of 4", numbers.len())),
        },
    };
    let (attributes, more) = match &annotation.attributes {
        Value::Object(values) => answers_of(values, &[]),
        Value::Null => (Attributes::new(), false),
        _ => (Attributes::new(), true),
    };
    losses.extend(more.then_some(Loss::Attributes));
    let crowd = u32::from(!annotation.iscrowd);
    let made = geometry.map(|geometry| Shape { class, instance: Some(crowd), confidence: annotation.score, attributes, geometry });
    Ok(Read { shape: made, losses })
}

/// Outlines as a polygon, or as a mask where that is no union of them, or where they are a crowd.
fn polygons(lists: &[Vec<f64>], width: u32, height: u32, crowd: bool, losses: &mut Vec<Loss>) -> Result<Option<Geometry>, String> {
    let mut parts = Vec::with_capacity(lists.len());
    for list in lists {
        if list.len() % 2 == 1 {
            return Err(format!("a polygon has {} numbers, which are no pairs", list.len()));
        }
        if list.len() >= 6 {
            let outer = list.chunks_exact(2).map(|pair| Point { x: pair[0], y: pair[1] }).collect();
            parts.push(Part { outer, holes: Vec::new() });
        } else {
            losses.push(Loss::NoArea);
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let polygon = Polygon { parts };
    if crowd || (polygon.parts.len() > 1 && !disjoint(&polygon, polygon.pixels(width, height), width, height)) {
        losses.push(Loss::PolygonToMask);
        let masks = polygon.parts.into_iter().filter_map(|part| Polygon { parts: vec![part] }.to_mask(width, height));
        let union = masks.reduce(|one, other| one.union(&other).unwrap_or(one));
        return Ok(union.filter(|mask: &Mask| !mask.is_empty()).map(Geometry::Mask));
    }
    Ok(Some(Geometry::Polygon(polygon)))
}

impl Reader {
    fn item(&mut self, found: Found<Read>) -> Result<ReadItem, ExchangeError> {
        let Found { entry, annotations: read, subset, word, .. } = found;
        let name = safe_name(&entry.name)?;
        Mask::empty(entry.width, entry.height).map_err(|error| ExchangeError::image(&name, error))?;
        let (mut shapes, mut number) = (Vec::with_capacity(read.len()), 0);
        for read in read {
            read.losses.into_iter().for_each(|loss| self.files.losses.add(loss, &name));
            let Some(mut shape) = read.shape else { continue };
            let thing = self.schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing);
            let counted = thing && shape.instance == Some(1) && !matches!(shape.geometry, Geometry::Box { .. });
            number += u32::from(counted);
            shape.instance = counted.then_some(number);
            shapes.push(shape);
        }
        let picture = picture(self.input.as_ref(), &word, &name);
        let item = Item { name, width: entry.width, height: entry.height, subset, shapes, origin: Origin::default() };
        Ok(ReadItem { item, picture })
    }
}

impl Iterator for Reader {
    type Item = Result<ReadItem, ExchangeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.files.next(|categories, entry, text| {
            let annotation = serde_json::from_slice(text).map_err(|error| error.to_string())?;
            shape(annotation, entry, categories)
        })?;
        Some(found.and_then(|found| self.item(found)))
    }
}

impl DatasetReader for Reader {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn images(&self) -> Option<u64> {
        Some(self.files.images)
    }

    fn losses(&self) -> &Losses {
        &self.files.losses
    }
}
