//! Polygons of several parts, each with holes.

use serde::{Deserialize, Serialize};

/// A point in pixels, written `[x, y]` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl From<[f64; 2]> for Point {
    fn from([x, y]: [f64; 2]) -> Self {
        Self { x, y }
    }
}

impl From<Point> for [f64; 2] {
    fn from(p: Point) -> Self {
        [p.x, p.y]
    }
}

/// A closed line of at least three points; the last point is not repeated.
pub type Ring = Vec<Point>;

/// One connected area: an outline and the holes in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub outer: Ring,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Ring>,
}

/// An area of any shape. Which pixels it covers is decided by the even-odd rule over all its rings, at pixel centres.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Polygon {
    pub parts: Vec<Part>,
}

impl Polygon {
    /// A polygon of one part without holes.
    #[must_use]
    pub fn simple(outer: Ring) -> Self {
        Self { parts: vec![Part { outer, holes: Vec::new() }] }
    }

    /// All rings, outlines and holes alike.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.parts.iter().flat_map(|part| std::iter::once(&part.outer).chain(&part.holes))
    }

    /// How many points all rings have together.
    #[must_use]
    pub fn points(&self) -> usize {
        self.rings().map(Vec::len).sum()
    }
}
