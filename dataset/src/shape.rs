//! What a person or a model says about one place of an image.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::geometry::{Mask, Part, Point, Polygon};

/// Answers about one object, by the name of the question.
pub type Attributes = BTreeMap<String, AttributeValue>;

/// One answer about an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// A shape: where, which class, and for things which instance.
///
/// JSON, with the geometry's fields beside the others:
/// `{"class": 1, "instance": 3, "type": "polygon", "parts": [{"outer": [[x, y], …], "holes": [[[x, y], …]]}]}`,
/// `{"class": 1, "type": "mask", "size": [height, width], "counts": [n, …]}`, `{"class": 1, "type": "box", "box": [x0, y0, x1, y1]}`,
/// `{"class": 1, "type": "point", "point": [x, y]}`, `{"class": 1, "type": "tag"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Class index, or 255 for void.
    pub class: u8,
    /// Tells things of one image apart; counted from 1. Absent for stuff, and for things that were never told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// How sure the model or the fusion is of this shape, in `[0, 1]`. People's own shapes have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// Answers to what the class asks about each of its objects, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    #[serde(flatten)]
    pub geometry: Geometry,
}

/// Where a shape is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Geometry {
    Polygon(Polygon),
    Mask(Mask),
    Box {
        /// Left, top, right, bottom in pixels.
        #[serde(rename = "box")]
        corners: [f64; 4],
    },
    Point {
        point: Point,
    },
    /// The class applies to the whole image.
    Tag,
}

impl Shape {
    /// A shape of one polygon without holes.
    #[must_use]
    pub fn polygon(class: u8, outer: Vec<Point>) -> Self {
        Self {
            class,
            instance: None,
            confidence: None,
            attributes: Attributes::new(),
            geometry: Geometry::Polygon(Polygon { parts: vec![Part { outer, holes: Vec::new() }] }),
        }
    }

    /// A shape that is a mask.
    #[must_use]
    pub fn mask(class: u8, mask: Mask) -> Self {
        Self { class, instance: None, confidence: None, attributes: Attributes::new(), geometry: Geometry::Mask(mask) }
    }
}
