//! Boxes and classes of an image, derived from the shapes that were predicted: for export formats that know nothing finer.

use std::collections::BTreeMap;

use labelwright_dataset::{Geometry, Shape, VOID};

/// A box around one predicted object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    pub class: u8,
    /// Left, top, right, bottom in pixels; right and bottom are not included.
    pub corners: [u32; 4],
    /// The object's own confidence.
    pub confidence: f32,
}

/// A class that an image shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageClass {
    pub class: u8,
    /// Share of the image that it covers.
    pub share: f64,
    /// Mean confidence of its shapes, each counting by its area.
    pub confidence: f32,
}

/// Pixels, corners and confidence of every shape that covers something.
fn measured(shapes: &[Shape], width: u32, height: u32) -> impl Iterator<Item = (&Shape, u64, [u32; 4], f32)> {
    shapes.iter().filter(|shape| shape.class != VOID).filter_map(move |shape| {
        let mask = match &shape.geometry {
            Geometry::Polygon(polygon) => polygon.to_mask(width, height)?,
            Geometry::Mask(mask) => mask.clone(),
            Geometry::Box { .. } | Geometry::Point { .. } | Geometry::Tag => return None,
        };
        let bounds = mask.bounds()?;
        Some((shape, mask.area(), [bounds.left, bounds.top, bounds.right, bounds.bottom], shape.confidence?))
    })
}

/// One box for every numbered object, the surest first. Stuff has no boxes, nor have shapes without a confidence: people drew those.
#[must_use]
pub fn detections(shapes: &[Shape], width: u32, height: u32) -> Vec<Detection> {
    let objects = measured(shapes, width, height).filter(|(shape, ..)| shape.instance.is_some());
    let mut out: Vec<Detection> =
        objects.map(|(shape, _, corners, confidence)| Detection { class: shape.class, corners, confidence }).collect();
    out.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    out
}

/// The classes that an image shows, the largest first: the first is its class where only one may be given. Empty where nothing but background is.
#[must_use]
pub fn image_classes(shapes: &[Shape], width: u32, height: u32) -> Vec<ImageClass> {
    let mut sums: BTreeMap<u8, (u64, f64)> = BTreeMap::new();
    for (shape, area, _, confidence) in measured(shapes, width, height) {
        let (pixels, weighted) = sums.entry(shape.class).or_default();
        *pixels += area;
        *weighted += area as f64 * f64::from(confidence);
    }
    let size = f64::from(width) * f64::from(height);
    let class = |(class, (pixels, weighted)): (u8, (u64, f64))| ImageClass {
        class,
        share: pixels as f64 / size,
        confidence: (weighted / pixels as f64) as f32,
    };
    let mut out: Vec<ImageClass> = sums.into_iter().map(class).collect();
    out.sort_by(|a, b| b.share.total_cmp(&a.share));
    out
}

#[cfg(test)]
mod tests {
    use labelwright_dataset::Point;

    use super::*;

    fn square(class: u8, left: f64, side: f64, confidence: Option<f32>) -> Shape {
        let corners = [(left, 1.0), (left + side, 1.0), (left + side, 1.0 + side), (left, 1.0 + side)];
        let outer = corners.into_iter().map(|(x, y)| Point { x, y }).collect();
        Shape { instance: Some(1), confidence, ..Shape::polygon(class, outer) }
    }

    #[test]
    fn objects_have_boxes_and_images_classes() {
        let stuff = Shape { instance: None, ..square(3, 20.0, 10.0, Some(0.5)) };
        let shapes = [square(1, 0.0, 2.0, Some(0.6)), square(1, 4.0, 4.0, Some(0.9)), stuff, square(2, 0.0, 9.0, None)];
        let boxes = detections(&shapes, 40, 20);
        assert_eq!(boxes.iter().map(|found| found.corners).collect::<Vec<_>>(), [[4, 1, 8, 5], [0, 1, 2, 3]]);
        let classes = image_classes(&shapes, 40, 20);
        assert_eq!(classes.iter().map(|found| found.class).collect::<Vec<_>>(), [3, 1]);
        assert!((classes[1].share - 20.0 / 800.0).abs() < 1e-12);
        assert!((classes[1].confidence - 0.84).abs() < 1e-6);
        assert_eq!(image_classes(&[], 40, 20), []);
    }
}
