//! From geometry to pixels and back.

use labelwright_dataset::geometry::Point;
use labelwright_dataset::{Geometry, Mask, Polygon, Shape};

use super::opinion::Size;
use super::pixels::{Window, paint};

/// How far the outline of a fused polygon may be from the pixels' exact outline.
const TOLERANCE: f64 = 1.0;

/// A place smaller than this share of its mask is a speck of the brush, not an object of its own.
const SPECK: f64 = 0.02;

/// The pixels of a polygon or mask; none for other shapes.
///
/// # Errors
/// A mask has another size than the image; its size.
pub(crate) fn raster(shape: &Shape, size: Size) -> Result<Option<Mask>, (u32, u32)> {
    match (&shape.geometry, shape.to_mask(size.width as u32, size.height as u32)) {
        (Geometry::Mask(mask), None) => Err((mask.width(), mask.height())),
        (_, pixels) => Ok(pixels),
    }
}

/// Whether a mask covers more than one place, specks aside.
pub(crate) fn has_several_places(mask: &Mask) -> bool {
    let least = (SPECK * mask.area() as f64).max(2.0);
    mask.component_areas().into_iter().filter(|&area| area as f64 >= least).count() > 1
}

/// Whether two lists of shapes say the same; how sure anyone is of them aside.
pub(crate) fn same_geometry(a: &[Shape], b: &[Shape]) -> bool {
    let same = |x: &Shape, y: &Shape| x.class == y.class && x.instance == y.instance && x.geometry == y.geometry;
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(x, y))
}

/// Whether the shapes together cover exactly these pixels.
pub(crate) fn covers_exactly(shapes: &[Shape], inside: &[bool], size: Size) -> bool {
    let mut covered = vec![0u8; size.pixels()];
    for shape in shapes {
        if let Ok(Some(mask)) = raster(shape, size) {
            paint(&mut covered, &mask, 1);
        }
    }
    covered.iter().zip(inside).all(|(covered, inside)| (*covered == 1) == *inside)
}

/// One shape of a class from the pixels of a whole image; none when there are none.
pub(crate) fn class_shape(class: u8, inside: &[bool], size: Size, polygon: bool, confidence: f32) -> Option<Shape> {
    window_shape(class, inside, Window { x0: 0, y0: 0, x1: size.width, y1: size.height }, size, polygon, confidence)
}

/// One shape of a class from the pixels of a window; none when there are none.
pub(crate) fn window_shape(class: u8, inside: &[bool], window: Window, size: Size, polygon: bool, confidence: f32) -> Option<Shape> {
    let local = Mask::from_bitmap(window.width() as u32, window.height() as u32, inside).ok().filter(|mask| !mask.is_empty())?;
    let geometry = if polygon {
        Geometry::Polygon(outline(&local, &window))
    } else {
        Geometry::Mask(local.moved(size.width as u32, size.height as u32, window.x0 as i64, window.y0 as i64).ok()?)
    };
    Some(Shape { class, instance: None, confidence: Some(confidence), attributes: labelwright_dataset::Attributes::new(), geometry })
}

/// The outline of the pixels, simplified (Douglas and Peucker, 1973), in the coordinates of the image.
fn outline(local: &Mask, window: &Window) -> Polygon {
    let exact = local.to_polygon();
    let simple = exact.simplified(TOLERANCE);
    // A sliver may simplify to nothing; then its exact outline is kept.
    let mut polygon = if simple.pixels(local.width(), local.height()) > 0 { simple } else { exact };
    let (right, down) = (window.x0 as f64, window.y0 as f64);
    let shift = |point: &mut Point| (point.x, point.y) = (point.x + right, point.y + down);
    for part in &mut polygon.parts {
        part.outer.iter_mut().chain(part.holes.iter_mut().flatten()).for_each(shift);
    }
    polygon
}
