//! Regions as shapes.

use serde_json::{Map, Value};

use super::brush::decode;
use super::task::Region;
use crate::exchange::Loss;
use crate::formats::support::{oval, turned_box};
use crate::geometry::{Point, Polygon};
use crate::shape::Geometry;

/// Where a region is in an image of that size; none, and why, if it can't be taken over.
pub(super) fn geometry(region: &Region, (width, height): (u32, u32)) -> Result<Result<Geometry, Loss>, String> {
    let empty = Map::new();
    let value = region.value.as_ref().unwrap_or(&empty);
    if region.image_rotation.is_some_and(|turn| turn % 360.0 != 0.0) {
        return Ok(Err(Loss::Unsupported));
    }
    let (w, h) = (f64::from(width) / 100.0, f64::from(height) / 100.0);
    let number = |key: &str| {
        let number = value.get(key).and_then(Value::as_f64).filter(|number| number.is_finite());
        number.ok_or_else(|| format!("a region of the kind '{}' has no number '{key}'", region.kind.chars().take(40).collect::<String>()))
    };
    let turn = value.get("rotation").and_then(Value::as_f64).unwrap_or(0.0) % 360.0;
    let kind = region.kind.trim_end_matches("labels");
    Ok(match kind {
        "choices" => Ok(Geometry::Tag),
        _ if value.contains_key("rle") => {
            let bytes = value.get("rle").and_then(Value::as_array).ok_or("a brush is no list of bytes")?;
            let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok()).ok_or("a brush is no list of bytes");
            let bytes = bytes.iter().map(byte).collect::<Result<Vec<_>, _>>()?;
            let mask = decode(&bytes, width, height).map_err(|error| error.to_string())?;
            if mask.is_empty() { Err(Loss::NoArea) } else { Ok(Geometry::Mask(mask)) }
        }
        "polygon" | "" if value.contains_key("points") => {
            let points = value.get("points").and_then(Value::as_array).ok_or("the points of a polygon are no list")?;
            let point = |point: &Value| {
                let pair = point.as_array().filter(|pair| pair.len() == 2)?;
                Some(Point { x: pair[0].as_f64()? * w, y: pair[1].as_f64()? * h })
            };
            let ring = points.iter().map(point).collect::<Option<Vec<_>>>().ok_or("a point of a polygon is no pair of numbers")?;
            if value.get("closed") == Some(&Value::Bool(false)) || ring.len() < 3 {
                Err(Loss::NoArea)
            } else {
                Ok(Geometry::Polygon(Polygon::simple(ring)))
            }
        }
        "ellipse" | "" if value.contains_key("radiusX") => {
            let center = Point { x: number("x")? * w, y: number("y")? * h };
            Ok(Geometry::Polygon(Polygon::simple(oval(center, (number("radiusX")? * w, number("radiusY")? * h), turn))))
        }
        "rectangle" | "" if value.contains_key("height") => {
            let (x, y) = (number("x")?, number("y")?);
            let corners = [x * w, y * h, (x + number("width")?) * w, (y + number("height")?) * h];
            // Boxes turn around their first corner.
            if turn == 0.0 {
                Ok(Geometry::Box { corners })
            } else {
                let center = Point { x: corners[0], y: corners[1] };
                Ok(Geometry::Polygon(Polygon::simple(turned_box(corners, center, turn))))
            }
        }
        "keypoint" => Ok(Geometry::Point { point: Point { x: number("x")? * w, y: number("y")? * h } }),
        _ => Err(Loss::Unsupported),
    })
}
