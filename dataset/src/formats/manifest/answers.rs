//! Answers of workers to tasks of one's own making, as the `crowd-…` elements give them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::formats::png_masks::{MAX_MASK_PIXELS, read_rgb_png};
use crate::formats::support::{Read, decode_base64, rgb, shapes_of_pixels};
use crate::geometry::{Point, Polygon};
use crate::shape::{Geometry, Shape};

/// The object with the answer itself: the value, its `annotatedResult`, or the first of its values that is one.
pub(super) fn answer_of(value: &Value) -> Option<&Map<String, Value>> {
    let is = |value: &&Value| {
        let lists = ["polygons", "instances", "labelMappings", "boundingBoxes"];
        value.as_object().is_some_and(|object| lists.iter().any(|list| object.contains_key(*list)))
    };
    let inner = |value: &Value| value.as_object().and_then(|object| object.values().find(is)).and_then(Value::as_object).is_some();
    if is(&value) {
        return value.as_object();
    }
    if inner(value) {
        return value.as_object()?.values().find(is)?.as_object();
    }
    let nested = value.as_object()?.values().find(|value| inner(value))?;
    nested.as_object()?.values().find(is)?.as_object()
}

/// Width and height, if the answer tells them.
pub(super) fn size(answer: &Map<String, Value>) -> Option<(u32, u32)> {
    let size = answer.get("inputImageProperties")?;
    let side = |name: &str| u32::try_from(size.get(name)?.as_u64()?).ok();
    side("width").zip(side("height"))
}

/// The labels in it.
pub(super) fn labels(answer: &Map<String, Value>) -> Vec<&str> {
    let lists = ["polygons", "instances", "boundingBoxes"].iter().filter_map(|list| answer.get(*list)?.as_array());
    let labels = lists.flatten().filter_map(|entry| entry.get("label")?.as_str());
    labels.chain(answer.get("labelMappings").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())).collect()
}

/// Its shapes, in an image of that size.
pub(super) fn shapes(
    answer: &Map<String, Value>,
    (width, height): (u32, u32),
    class: &dyn Fn(&str) -> Result<u8, String>,
) -> Result<Vec<Read>, String> {
    let mut read = Vec::new();
    let list = |name: &str| answer.get(name).and_then(Value::as_array).into_iter().flatten();
    let label = |entry: &Value| class(entry.get("label").and_then(Value::as_str).ok_or("a part of an answer has no label")?);
    let number = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_f64).ok_or_else(|| format!("'{name}' is not a number"));
    let shape = |class, instance, geometry| Read {
        shape: Shape { class, instance, confidence: None, attributes: crate::Attributes::new(), geometry },
        crowd: false,
    };
    for polygon in list("polygons") {
        let vertices = polygon.get("vertices").and_then(Value::as_array).ok_or("a polygon has no vertices")?;
        let vertex = |vertex: &Value| Ok::<_, String>(Point { x: number(vertex, "x")?, y: number(vertex, "y")? });
        let ring = vertices.iter().map(vertex).collect::<Result<Vec<_>, _>>()?;
        if ring.len() < 3 {
            return Err(format!("a polygon has {} vertices", ring.len()));
        }
        read.push(shape(label(polygon)?, None, Geometry::Polygon(Polygon::simple(ring))));
    }
    for one in list("boundingBoxes") {
        let (x, y) = (number(one, "left")?, number(one, "top")?);
        let corners = [x, y, x + number(one, "width")?, y + number(one, "height")?];
        read.push(shape(label(one)?, None, Geometry::Box { corners }));
    }
    let mut colors: HashMap<[u8; 3], u64> = HashMap::new();
    let mut painted: Vec<(u8, bool)> = Vec::new();
    let mut paint = |color: Option<&Value>, class: u8, counted: bool| {
        let color = color.and_then(Value::as_str).and_then(rgb).ok_or("a color is not written as '#rrggbb'")?;
        painted.push((class, counted));
        colors.insert(color, painted.len() as u64);
        Ok::<_, String>(())
    };
    for instance in list("instances") {
        paint(instance.get("color"), label(instance)?, true)?;
    }
    for (name, mapping) in answer.get("labelMappings").and_then(Value::as_object).into_iter().flatten() {
        paint(mapping.get("color"), class(name)?, false)?;
    }
    if painted.is_empty() {
        return Ok(read);
    }
    let data = answer.get("labeledImage").and_then(|image| image.get("pngImageData")?.as_str()).ok_or("there is no labeledImage")?;
    let ((png_width, png_height), pixels) = read_rgb_png(&decode_base64(data)?, MAX_MASK_PIXELS).map_err(|error| error.to_string())?;
    if (png_width, png_height) != (width, height) {
        return Err(format!("the labeled image is of {png_width}×{png_height} pixels, but the image of {width}×{height}"));
    }
    let key = |rgb: &[u8]| colors.get(&[rgb[0], rgb[1], rgb[2]]).copied().unwrap_or(0);
    for mut found in shapes_of_pixels(width, height, pixels.chunks_exact(3).map(key)).map_err(|error| error.to_string())? {
        let number = found.instance.take().unwrap_or(0);
        let Some(&(class, counted)) = painted.get((number as usize).wrapping_sub(1)) else { continue };
        found.class = class;
        read.push(Read { shape: Shape { instance: counted.then_some(number), ..found }, crowd: !counted });
    }
    Ok(read)
}
