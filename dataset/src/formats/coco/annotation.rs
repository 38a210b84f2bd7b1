//! The JSON of one image and one annotation.

use std::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::rle::{RleError, decompress, from_column_runs};
use crate::geometry::Mask;
use crate::shape::Attributes;

/// What tells images apart: mostly a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Number(i64),
    Text(String),
}

/// One of `images`.
#[derive(Debug, Deserialize)]
pub(super) struct ImageLine {
    pub id: Id,
    pub file_name: String,
    pub width: u32,
    pub height: u32,
}

/// What must be known of an annotation at first.
#[derive(Debug, Deserialize)]
pub(super) struct ImageOf {
    pub image_id: Id,
}

/// One of `annotations`, as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct Annotation {
    pub category_id: i64,
    #[serde(default)]
    pub segmentation: Segmentation,
    #[serde(default)]
    pub bbox: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "flag")]
    pub iscrowd: bool,
    #[serde(default)]
    pub score: Option<f32>,
    #[serde(default)]
    pub keypoints: Option<IgnoredAny>,
    /// Answers by name, as CVAT and Datumaro write them; other tools may mean something else.
    #[serde(default)]
    pub attributes: Value,
}

/// Where an annotation is.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Segmentation {
    #[default]
    None,
    /// Outlines as `[x, y, x, y, …]`; the area is what lies in any of them.
    Polygons(Vec<Vec<f64>>),
    Rle(Rle),
}

#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Rle {
    /// Height and width.
    size: [u32; 2],
    counts: Counts,
}

#[derive(Debug, PartialEq)]
enum Counts {
    Runs(Vec<u32>),
    Text(String),
}

impl Rle {
    pub fn mask(self) -> Result<Mask, RleError> {
        let [height, width] = self.size;
        let runs = match self.counts {
            Counts::Runs(runs) => runs,
            Counts::Text(text) => decompress(&text)?,
        };
        from_column_runs(width, height, runs)
    }
}

/// `0`, `1`, `true` or `false`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = bool;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("0, 1, true or false")
        }
        fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }
        fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
            Ok(value != 0)
        }
        fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
            Ok(value != 0)
        }
        fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
            Ok(value != 0.0)
        }
        fn visit_unit<E>(self) -> Result<bool, E> {
            Ok(false)
        }
    }
    deserializer.deserialize_any(Flag)
}

impl<'de> Deserialize<'de> for Segmentation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Segmentation;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of polygons or a run-length code")
            }
            fn visit_unit<E>(self) -> Result<Segmentation, E> {
                Ok(Segmentation::None)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Segmentation, A::Error> {
                let mut polygons = Vec::new();
                while let Some(polygon) = list.next_element()? {
                    polygons.push(polygon);
                }
                Ok(if polygons.is_empty() { Segmentation::None } else { Segmentation::Polygons(polygons) })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Segmentation, A::Error> {
                Rle::deserialize(de::value::MapAccessDeserializer::new(map)).map(Segmentation::Rle)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Counts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("runs as a list of numbers or as text")
            }
            fn visit_str<E>(self, text: &str) -> Result<Counts, E> {
                Ok(Counts::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Counts, E> {
                Ok(Counts::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Counts, A::Error> {
                let mut runs = Vec::new();
                while let Some(run) = list.next_element()? {
                    runs.push(run);
                }
                Ok(Counts::Runs(runs))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// One of `images`, as it is written.
#[derive(Serialize)]
pub(super) struct ImageOut<'a> {
    pub id: u64,
    pub file_name: &'a str,
    pub width: u32,
    pub height: u32,
}

/// One of `annotations`, as it is written.
#[derive(Serialize)]
pub(super) struct AnnotationOut {
    pub id: u64,
    pub image_id: u64,
    pub category_id: u8,
    pub segmentation: SegmentationOut,
    pub area: f64,
    pub bbox: [f64; 4],
    pub iscrowd: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum SegmentationOut {
    Polygons(Vec<Vec<f64>>),
    Text { size: [u32; 2], counts: String },
    Runs { size: [u32; 2], counts: Vec<u32> },
}

/// One of `segments_info` of a panoptic image.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Segment {
    pub id: u32,
    pub category_id: i64,
    #[serde(default)]
    pub area: u64,
    #[serde(default)]
    pub bbox: [u32; 4],
    #[serde(default, deserialize_with = "flag", serialize_with = "as_number")]
    pub iscrowd: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn as_number<S: serde::Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(u8::from(*flag))
}
