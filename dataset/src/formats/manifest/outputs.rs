//! The attributes of a line, as they are written.

use serde_json::{Map, Value, json};

use crate::exchange::{Item, Loss, Losses, Origin};
use crate::formats::classes::ClassOrder;
use crate::formats::support::{bounds_of, format_time, objects};
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

/// A box: its class, its corners in whole pixels, and how sure somebody is of it.
pub(super) struct BoxOut {
    class: u8,
    corners: [i64; 4],
    confidence: Option<f32>,
}

/// The nearest whole pixels that still have an area.
fn whole(from: f64, to: f64) -> (i64, i64) {
    let (low, high) = (from.round() as i64, to.round() as i64);
    if low < high { (low, high) } else { (from.floor() as i64, (to.ceil() as i64).max(from.floor() as i64 + 1)) }
}

fn boxed(class: u8, corners: [f64; 4], confidence: Option<f32>, name: &str, losses: &mut Losses) -> BoxOut {
    let [x0, y0, x1, y1] = corners;
    let ((left, right), (top, bottom)) = (whole(x0, x1), whole(y0, y1));
    let out = [left, top, right, bottom];
    if out.map(|side| side as f64) != corners {
        losses.add(Loss::Rounded, name);
    }
    BoxOut { class, corners: out, confidence }
}

/// The boxes of an image; of its areas too, if they become boxes.
pub(super) fn boxes(item: &Item, schema: &Schema, of_areas: bool, losses: &mut Losses) -> Vec<BoxOut> {
    let mut boxes = Vec::new();
    for shapes in if of_areas { objects(item, schema) } else { Vec::new() } {
        let corners = |shape: &&Shape| match &shape.geometry {
            Geometry::Polygon(polygon) => bounds_of(polygon.rings().flatten()),
            Geometry::Mask(mask) => mask.bounds().map(|b| [b.left, b.top, b.right, b.bottom].map(f64::from)),
            _ => None,
        };
        let around = shapes.iter().filter_map(corners).reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let confidence = shapes.iter().filter_map(|shape| shape.confidence).reduce(f32::min);
        losses.add_many(Loss::Confidence, &item.name, u64::from(shapes.iter().any(|shape| shape.confidence != confidence)));
        match around {
            Some(corners) => {
                losses.add_many(Loss::AreaToBox, &item.name, shapes.len() as u64);
                boxes.push(boxed(shapes[0].class, corners, confidence, &item.name, losses));
            }
            None => losses.add_many(Loss::NoArea, &item.name, shapes.len() as u64),
        }
    }
    for shape in item.shapes.iter().filter(|shape| shape.class != VOID) {
        if let Geometry::Box { corners } = shape.geometry {
            boxes.push(boxed(shape.class, corners, shape.confidence, &item.name, losses));
        }
    }
    boxes
}

/// What is the same in all metadata.
pub(super) fn metadata(kind: &str, origin: &Origin) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("type".to_owned(), format!("groundtruth/{kind}").into());
    metadata.insert("job-name".to_owned(), "labeling-job/labelwright".into());
    metadata.insert("human-annotated".to_owned(), if origin.machine { "no" } else { "yes" }.into());
    if let Some(date) = origin.created_ms.and_then(format_time) {
        metadata.insert("creation-date".to_owned(), date.into());
    }
    metadata
}

fn class_map(classes: impl Iterator<Item = u8>, schema: &Schema, order: &ClassOrder) -> Value {
    let name = |index: u8| Some((order.label(index)?.to_string(), schema.class(index)?.name.clone().into()));
    classes.filter_map(name).collect::<Map<_, _>>().into()
}

/// `boxes` and its metadata.
pub(super) fn box_attribute(boxes: &[BoxOut], item: &Item, schema: &Schema, order: &ClassOrder) -> (Value, Value) {
    let annotation = |one: &BoxOut| {
        let [left, top, right, bottom] = one.corners;
        json!({"class_id": order.label(one.class), "left": left, "top": top, "width": right - left, "height": bottom - top})
    };
    let object = |one: &BoxOut| one.confidence.map_or_else(|| json!({}), |confidence| json!({"confidence": confidence}));
    let value = json!({
        "image_size": [{"width": item.width, "height": item.height, "depth": 3}],
        "annotations": boxes.iter().map(annotation).collect::<Vec<_>>(),
    });
    let mut metadata = metadata("object-detection", &item.origin);
    metadata.insert("objects".to_owned(), boxes.iter().map(object).collect());
    metadata.insert("class-map".to_owned(), class_map(boxes.iter().map(|one| one.class), schema, order));
    (value, metadata.into())
}

/// `class` or `classes`, and its metadata; none for an image without classes. The same class twice is once too often.
pub(super) fn class_attribute(
    item: &Item,
    schema: &Schema,
    order: &ClassOrder,
    losses: &mut Losses,
) -> Option<(&'static str, Value, Value)> {
    let mut tags: Vec<(u8, Option<f32>)> = Vec::new();
    for shape in item.shapes.iter().filter(|shape| matches!(shape.geometry, Geometry::Tag) && shape.class != VOID) {
        if tags.iter().any(|&(class, _)| class == shape.class) {
            losses.add(Loss::Tags, &item.name);
        } else {
            tags.push((shape.class, shape.confidence));
        }
    }
    if let &[(class, confidence)] = tags.as_slice() {
        let mut metadata = metadata("image-classification", &item.origin);
        metadata.insert("class-name".to_owned(), schema.class(class)?.name.clone().into());
        if let Some(confidence) = confidence {
            metadata.insert("confidence".to_owned(), json!(confidence));
        }
        return Some(("class", json!(order.label(class)), metadata.into()));
    }
    if tags.is_empty() {
        return None;
    }
    let mut metadata = metadata("image-classification-multilabel", &item.origin);
    metadata.insert("class-map".to_owned(), class_map(tags.iter().map(|&(class, _)| class), schema, order));
    let sure = |&(class, confidence): &(u8, Option<f32>)| Some((order.label(class)?.to_string(), json!(confidence?)));
    metadata.insert("confidence-map".to_owned(), tags.iter().filter_map(sure).collect::<Map<_, _>>().into());
    let labels: Vec<_> = tags.iter().filter_map(|&(class, _)| order.label(class)).collect();
    Some(("classes", json!(labels), metadata.into()))
}
