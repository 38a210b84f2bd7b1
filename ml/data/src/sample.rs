//! One picture and everything that is said about it, in pixels of that picture.

use labelwright_dataset::geometry::Polygon;
use labelwright_dataset::{ClassMap, InstanceMap, VOID};

use crate::pixels::Picture;

/// One picture with its labels. Coordinates and maps belong to the picture as it is now: transformations keep them together.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What the set calls it: a file name or a key.
    pub id: String,
    pub picture: Picture,
    pub target: Target,
    /// A second label, where two pictures were blended into one.
    pub mixed: Option<Mixed>,
}

/// What is said about a picture. Which parts are there is for the set to say; a part that is not there is not made up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Target {
    /// Class of every pixel: 0 background, 255 void, which is also where there is no picture.
    pub mask: Option<ClassMap>,
    /// Number of the thing at every pixel; 0 for none.
    pub instances: Option<InstanceMap>,
    /// From bottom to top.
    pub outlines: Vec<Outline>,
    pub boxes: Vec<BoxLabel>,
    /// Numbers for the picture as a whole: a class, several, or values to be predicted.
    pub labels: Vec<f32>,
}

/// The area of one thing, or of a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// As in the schema; 255 for void.
    pub class: u8,
    /// Tells things apart; the number in the instance map, where there is one.
    pub instance: Option<u32>,
    pub polygon: Polygon,
}

/// A box around one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxLabel {
    /// As in the schema, from 1. Sets of boxes may have more classes than a mask can say.
    pub class: u32,
    /// Left, top, right, bottom in pixels.
    pub corners: [f64; 4],
    /// Number of the thing in the instance map, where there is one.
    pub instance: Option<u32>,
    /// Which share of the box as it was in the file is still in the picture.
    pub visible: f64,
    /// More numbers of the record that the box was read from, such as 'difficult'.
    pub extra: Vec<f32>,
}

impl BoxLabel {
    /// A box that is wholly there.
    #[must_use]
    pub fn new(class: u32, corners: [f64; 4]) -> Self {
        Self { class, corners, instance: None, visible: 1.0, extra: Vec::new() }
    }
}

/// The label of the second of two pictures that were blended.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixed {
    /// How much of the picture is the first, in `[0, 1]`; the rest is the second.
    pub share: f32,
    pub target: Box<Target>,
}

impl Sample {
    /// A picture without labels.
    #[must_use]
    pub fn new(id: impl Into<String>, picture: Picture) -> Self {
        Self { id: id.into(), picture, target: Target::default(), mixed: None }
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        [self.picture.width(), self.picture.height()]
    }

    /// The size of a map that is not the picture's, if there is one.
    #[must_use]
    pub fn wrong_map(&self) -> Option<[u32; 2]> {
        let target = &self.target;
        let sizes = [target.mask.as_ref().map(|m| [m.width, m.height]), target.instances.as_ref().map(|m| [m.width, m.height])];
        sizes.into_iter().flatten().find(|&size| size != self.size())
    }
}

impl Target {
    /// The pixels of a mask that says nothing.
    #[must_use]
    pub fn void(width: u32, height: u32) -> ClassMap {
        ClassMap { width, height, classes: vec![VOID; width as usize * height as usize] }
    }
}
