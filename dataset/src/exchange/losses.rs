//! What a format could not say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A kind of information that was lost on the way into or out of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Holes were filled, or cut open by a seam.
    Holes,
    /// The parts of one shape became shapes of their own, or were joined by a seam.
    Parts,
    /// Several shapes of one thing, or of one class of stuff, became one.
    Merged,
    /// Void ('not labeled') became background, or was left out.
    Void,
    /// Things of one class were not told apart any more.
    Instances,
    /// Several things that were never told apart became one.
    Crowds,
    /// A mask became the polygon around its pixels.
    MaskToPolygon,
    /// A polygon became the pixels that it covers.
    PolygonToMask,
    /// Where shapes overlap, only the upper one was kept.
    Overlap,
    /// An area became the box around it.
    AreaToBox,
    /// Boxes, points or tags were left out.
    Boxes,
    Points,
    Tags,
    /// Coordinates were rounded to the numbers that the format has.
    Rounded,
    /// A shape had no area left within the picture, or none after rounding.
    NoArea,
    /// More classes or instances than the format can count.
    TooMany,
    /// How sure somebody is of single shapes.
    Confidence,
    /// Answers about single shapes.
    Attributes,
    Subset,
    /// Who said it, when, and how sure they are of the whole image.
    Origin,
    /// What the format says and we have no place for (keypoints, tracks, …).
    Unsupported,
}

impl Loss {
    /// What happened, in words for people, without a full stop.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Holes => "holes were filled, or cut open by a seam",
            Self::Parts => "the parts of a shape became shapes of their own, or were joined by a seam",
            Self::Merged => "several shapes of one thing, or of one class of stuff, became one",
            Self::Void => "void (not labeled) became background, or was left out",
            Self::Crowds => "groups of things that were not told apart became single things",
            Self::Instances => "things of one class are not told apart any more",
            Self::MaskToPolygon => "a mask became the polygon around its pixels",
            Self::PolygonToMask => "a polygon became the pixels that it covers",
            Self::Overlap => "where shapes overlap, only the upper one was kept",
            Self::AreaToBox => "an area became the box around it",
            Self::Boxes => "boxes were left out",
            Self::Points => "points were left out",
            Self::Tags => "tags were left out",
            Self::Rounded => "coordinates were rounded to the numbers that the format has",
            Self::NoArea => "a shape has no area left within the picture",
            Self::TooMany => "there are more classes or things than the format can count",
            Self::Confidence => "the confidence was left out",
            Self::Attributes => "attributes of objects were left out",
            Self::Subset => "the subset was left out",
            Self::Origin => "who said it and when was left out",
            Self::Unsupported => "attributes of images, keypoints, tracks or the like were left out",
        }
    }
}

/// How often each kind of loss happened, and where first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses(BTreeMap<Loss, Lost>);

/// One kind of loss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lost {
    /// Shapes (for [`Loss::Subset`], [`Loss::Origin`], [`Loss::Confidence`] and [`Loss::Attributes`]: images) that it happened to.
    pub count: u64,
    /// The first images that it happened to, at most [`Losses::NAMES`].
    pub images: Vec<String>,
}

impl Losses {
    /// Names kept for each kind.
    pub const NAMES: usize = 5;

    /// Counts a loss at the image `name`.
    pub fn add(&mut self, loss: Loss, name: &str) {
        self.add_many(loss, name, 1);
    }

    /// Counts a loss of `count` shapes at the image `name`.
    pub fn add_many(&mut self, loss: Loss, name: &str, count: u64) {
        if count == 0 {
            return;
        }
        let lost = self.0.entry(loss).or_default();
        lost.count += count;
        if lost.images.len() < Self::NAMES && lost.images.last().is_none_or(|last| last != name) {
            lost.images.push(name.to_owned());
        }
    }

    /// How often it happened.
    #[must_use]
    pub fn count(&self, loss: Loss) -> u64 {
        self.0.get(&loss).map_or(0, |lost| lost.count)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All kinds that happened.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, &Lost)> {
        self.0.iter().map(|(&loss, lost)| (loss, lost))
    }
}
