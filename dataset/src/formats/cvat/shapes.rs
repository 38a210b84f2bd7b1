//! One shape of an image or a frame.

use super::events::Tag;
use crate::exchange::Loss;
use crate::formats::support::{oval, turned_box};
use crate::geometry::{Mask, Point, Polygon};
use crate::shape::Geometry;

/// What an element says, and what of it is lost.
pub(super) struct Told {
    /// Several points are a shape each.
    pub geometries: Vec<Geometry>,
    pub losses: Vec<Loss>,
}

fn number(tag: &Tag, name: &str) -> Result<f64, String> {
    let text = tag.get(name).ok_or_else(|| format!("a '{}' has no '{name}'", tag.name))?;
    text.trim().parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| format!("{name} '{}' is not a number", cut(text)))
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

fn points(tag: &Tag) -> Result<Vec<Point>, String> {
    let text = tag.get("points").ok_or_else(|| format!("a '{}' has no points", tag.name))?;
    let point = |pair: &str| {
        let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        let (x, y) = pair.split_once(',')?;
        Some(Point { x: number(x)?, y: number(y)? })
    };
    text.split(';')
        .filter(|pair| !pair.trim().is_empty())
        .map(|pair| point(pair).ok_or_else(|| format!("'{}' is no point", cut(pair))))
        .collect()
}

/// Runs within a box, row by row.
fn mask(tag: &Tag, width: u32, height: u32) -> Result<Mask, String> {
    let whole = |name: &str| Ok::<_, String>(number(tag, name)? as i64);
    let side = |name: &str| u32::try_from(whole(name)?).map_err(|_| format!("{name} is no size"));
    let runs = tag.get("rle").ok_or("a 'mask' has no 'rle'")?;
    let run = |text: &str| text.trim().parse::<u32>().map_err(|_| format!("'{}' is no run", cut(text)));
    let runs = runs.split(',').filter(|text| !text.trim().is_empty()).map(run).collect::<Result<Vec<_>, _>>()?;
    let (left, top) = (whole("left")?, whole("top")?);
    let inner = Mask::from_runs(side("width")?, side("height")?, runs).map_err(|error| error.to_string())?;
    inner.moved(width, height, left, top).map_err(|error| error.to_string())
}

/// Reads a shape of an image of that size.
pub(super) fn told(tag: &Tag, (width, height): (u32, u32)) -> Result<Told, String> {
    let mut losses = Vec::new();
    let turn = if tag.get("rotation").is_some() { number(tag, "rotation")? } else { 0.0 };
    let area = |polygon: Polygon| vec![Geometry::Polygon(polygon)];
    let geometries = match &*tag.name {
        "polygon" => match points(tag)? {
            ring if ring.len() > 2 => area(Polygon::simple(ring)),
            _ => {
                losses.push(Loss::NoArea);
                Vec::new()
            }
        },
        "box" => {
            let corners = [number(tag, "xtl")?, number(tag, "ytl")?, number(tag, "xbr")?, number(tag, "ybr")?];
            let [x0, y0, x1, y1] = corners;
            match turn % 360.0 {
                0.0 => vec![Geometry::Box { corners: [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)] }],
                turn => area(Polygon::simple(turned_box(corners, Point { x: (x0 + x1) / 2.0, y: (y0 + y1) / 2.0 }, turn))),
            }
        }
        "ellipse" => {
            losses.push(Loss::Rounded);
            let center = Point { x: number(tag, "cx")?, y: number(tag, "cy")? };
            area(Polygon::simple(oval(center, (number(tag, "rx")?, number(tag, "ry")?), turn)))
        }
        "mask" => {
            let mask = mask(tag, width, height)?;
            if mask.is_empty() {
                losses.push(Loss::NoArea);
            }
            Some(mask).filter(|mask| !mask.is_empty()).map(Geometry::Mask).into_iter().collect()
        }
        "points" => points(tag)?.into_iter().map(|point| Geometry::Point { point }).collect(),
        "tag" => vec![Geometry::Tag],
        // Lines, cuboids and skeletons.
        _ => {
            losses.push(Loss::Unsupported);
            Vec::new()
        }
    };
    if tag.get("occluded") == Some("1") {
        losses.push(Loss::Unsupported);
    }
    Ok(Told { geometries, losses })
}
