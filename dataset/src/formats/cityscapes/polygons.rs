//! `*_polygons.json`.

use serde::{Deserialize, Serialize};

use crate::geometry::Ring;

/// One file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub img_height: u32,
    pub img_width: u32,
    /// From bottom to top.
    pub objects: Vec<Object>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Object {
    /// The name of the class; with `group` behind it, things that were not told apart.
    pub label: String,
    pub polygon: Ring,
    #[serde(default, skip_serializing)]
    pub deleted: Deleted,
}

/// A mark that the object was taken back: `1` or `true`.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "serde_json::Value")]
pub(super) struct Deleted(pub bool);

impl From<serde_json::Value> for Deleted {
    fn from(value: serde_json::Value) -> Self {
        Self(value.as_bool().unwrap_or_else(|| value.as_i64().is_some_and(|number| number != 0)))
    }
}
