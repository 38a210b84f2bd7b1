//! Boxes and ovals that are turned, as polygons.

use crate::geometry::{Point, Ring};

/// Corners of an oval's polygon.
const CORNERS: u32 = 64;

/// The point turned around another by degrees, clockwise as seen on the screen.
pub(crate) fn turn(point: Point, center: Point, degrees: f64) -> Point {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x, y) = (point.x - center.x, point.y - center.y);
    Point { x: center.x + x * cos - y * sin, y: center.y + x * sin + y * cos }
}

/// The corners of a box (left, top, right, bottom) turned around a point.
pub(crate) fn turned_box([x0, y0, x1, y1]: [f64; 4], center: Point, degrees: f64) -> Ring {
    [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(|corner| turn(corner.into(), center, degrees)).to_vec()
}

/// An oval around a point, with its radii, turned by degrees.
pub(crate) fn oval(center: Point, (rx, ry): (f64, f64), degrees: f64) -> Ring {
    let corner = |at: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(at) / f64::from(CORNERS)).sin_cos();
        turn(Point { x: center.x + rx * cos, y: center.y + ry * sin }, center, degrees)
    };
    (0..CORNERS).map(corner).collect()
}
