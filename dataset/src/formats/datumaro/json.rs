//! The JSON of items and annotations.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::formats::coco::rle::{decompress, from_column_runs};
use crate::geometry::Mask;

/// One of `items`, as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct ItemIn {
    pub id: String,
    #[serde(default)]
    pub annotations: Vec<AnnotationIn>,
    #[serde(default)]
    pub image: Option<Picture>,
    #[serde(default)]
    pub media: Option<Picture>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Picture {
    #[serde(default)]
    pub path: Option<String>,
    /// Height and width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
}

/// One annotation, as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct AnnotationIn {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub label_id: Option<i64>,
    #[serde(default)]
    pub group: Option<i64>,
    #[serde(default)]
    pub z_order: Option<i64>,
    #[serde(default)]
    pub attributes: Map<String, Value>,
    #[serde(default)]
    pub points: Vec<f64>,
    #[serde(default)]
    pub visibility: Vec<i64>,
    #[serde(default)]
    pub bbox: Vec<f64>,
    #[serde(default)]
    pub rle: Option<Rle>,
}

/// A mask, column by column as in COCO.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rle {
    pub counts: Counts,
    /// Height and width.
    pub size: [u32; 2],
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Counts {
    Text(String),
    Runs(Vec<u32>),
}

impl Rle {
    pub fn mask(self) -> Result<Mask, String> {
        let [height, width] = self.size;
        let runs = match self.counts {
            Counts::Text(text) => decompress(&text).map_err(|error| error.to_string())?,
            Counts::Runs(runs) => runs,
        };
        from_column_runs(width, height, runs).map_err(|error| error.to_string())
    }
}

/// One of `items`, as it is written.
#[derive(Serialize)]
pub(super) struct ItemOut<'a> {
    pub id: &'a str,
    pub annotations: Vec<AnnotationOut>,
    pub attr: Map<String, Value>,
    pub image: Picture,
}

/// One annotation, as it is written.
#[derive(Serialize)]
pub(super) struct AnnotationOut {
    pub id: usize,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub attributes: Map<String, Value>,
    pub group: u32,
    pub label_id: u8,
    pub z_order: usize,
    #[serde(flatten)]
    pub place: PlaceOut,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum PlaceOut {
    Points { points: Vec<f64> },
    Seen { points: Vec<f64>, visibility: Vec<u8> },
    Bbox { bbox: [f64; 4] },
    Mask { rle: Rle },
    Nowhere {},
}
