//! Objects as outlines, for formats that know no holes, no parts, or neither.

use crate::exchange::{Item, Loss, Losses};
use crate::geometry::{Mask, Part, Point, Polygon, Ring};
use crate::shape::{Geometry, Shape};

/// Whether no part covers pixels of another; `pixels` is what all cover together by the even-odd rule.
pub(crate) fn disjoint(polygon: &Polygon, pixels: u64, width: u32, height: u32) -> bool {
    let alone = |part: &Part| Polygon { parts: vec![part.clone()] }.pixels(width, height);
    polygon.parts.iter().map(alone).sum::<u64>() == pixels
}

/// The outlines of one object's shapes together; none if it has no pixels. What is lost is counted.
pub(crate) fn outline(shapes: &[&Shape], item: &Item, losses: &mut Losses) -> Option<Polygon> {
    let (width, height, name) = (item.width, item.height, &item.name);
    losses.add_many(Loss::Merged, name, shapes.len() as u64 - 1);
    let polygons = shapes.iter().filter_map(|shape| match &shape.geometry {
        Geometry::Polygon(polygon) => Some(polygon),
        _ => None,
    });
    let polygons: Vec<&Polygon> = polygons.collect();
    let masks = shapes.len() - polygons.len();
    let whole = |part: &&Part| part.outer.len() > 2;
    let together = Polygon { parts: polygons.iter().flat_map(|polygon| &polygon.parts).filter(whole).cloned().collect() };
    let kept = masks == 0 && {
        let pixels = together.pixels(width, height);
        let alone = || polygons.iter().map(|polygon| polygon.pixels(width, height)).sum::<u64>();
        pixels > 0 && (shapes.len() == 1 || alone() == pixels)
    };
    if kept {
        return Some(together);
    }
    let pixels = shapes.iter().filter_map(|shape| shape.to_mask(width, height));
    let union = pixels.reduce(|one, other| one.union(&other).unwrap_or(one)).filter(|mask: &Mask| !mask.is_empty());
    losses.add_many(Loss::MaskToPolygon, name, masks as u64);
    if shapes.len() > 1 {
        losses.add_many(Loss::PolygonToMask, name, polygons.len() as u64);
    }
    if union.is_none() {
        losses.add_many(Loss::NoArea, name, shapes.len() as u64);
    }
    union.map(|mask| mask.to_polygon())
}

/// One ring for a part with its holes, or for all parts: they are joined by seams, walked there and back, so that the ring covers the same
/// pixels by the even-odd rule.
pub(crate) fn seamed<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Ring {
    let mut ring: Ring = Vec::new();
    for other in parts.into_iter().flat_map(|part| std::iter::once(&part.outer).chain(&part.holes)).filter(|ring| ring.len() > 2) {
        if ring.is_empty() {
            ring.clone_from(other);
            continue;
        }
        let (from, to) = nearest(&ring, other);
        let back = [other[to], ring[from]];
        ring.splice(from + 1..from + 1, other[to..].iter().chain(&other[..to]).copied().chain(back));
    }
    ring
}

/// Pairs of points that are looked at to find a short seam; among more, every so many are.
const PAIRS: usize = 1 << 20;

/// The places of two points that lie near to each other.
fn nearest(one: &[Point], other: &[Point]) -> (usize, usize) {
    let step = (one.len() * other.len() / PAIRS).isqrt() + 1;
    let pairs = (0..one.len()).step_by(step).flat_map(|a| (0..other.len()).step_by(step).map(move |b| (a, b)));
    let distance = |&(a, b): &(usize, usize)| (one[a].x - other[b].x).powi(2) + (one[a].y - other[b].y).powi(2);
    pairs.min_by(|x, y| distance(x).total_cmp(&distance(y))).unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seam_changes_no_pixel() {
        let rows = ["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"];
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        let mask = Mask::from_bitmap(7, 7, &inside).unwrap();
        let ring = seamed(&mask.to_polygon().parts);
        assert_eq!(Polygon::simple(ring).to_mask(7, 7).unwrap(), mask);
    }
}
