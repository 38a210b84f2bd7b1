//! The JSON of one picture.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::formats::png_masks::{MaskPng, png_gray8, read_mask_png};
use crate::formats::support::decode_base64;
use crate::geometry::{Mask, PixelBox, Point};

/// One file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    #[serde(default)]
    pub version: Option<String>,
    /// Classes of the whole image, and whether they apply.
    #[serde(default)]
    pub flags: Option<BTreeMap<String, Value>>,
    pub shapes: Vec<Line>,
    #[serde(default)]
    pub image_path: Option<String>,
    /// The picture itself in base64.
    #[serde(default)]
    pub image_data: Option<String>,
    #[serde(default)]
    pub image_height: Option<u32>,
    #[serde(default)]
    pub image_width: Option<u32>,
}

/// One shape.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Line {
    pub label: String,
    #[serde(default)]
    pub points: Vec<Point>,
    #[serde(default)]
    pub group_id: Option<i64>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub shape_type: Option<String>,
    #[serde(default)]
    pub flags: Option<BTreeMap<String, Value>>,
    /// A PNG in base64 of the pixels within the box of `points`.
    #[serde(default)]
    pub mask: Option<String>,
}

/// The box of a mask's pixels, whose right and bottom pixels are within, and the PNG in it.
pub(super) fn coded(mask: &Mask) -> Result<Option<(Vec<Point>, String)>, String> {
    let Some(bounds) = mask.bounds() else { return Ok(None) };
    let PixelBox { left, top, right, bottom } = bounds;
    let cut = mask.crop(bounds).map_err(|error| error.to_string())?;
    let pixels: Vec<u8> = cut.to_bitmap().into_iter().map(u8::from).collect();
    let png = png_gray8(cut.width(), cut.height(), &pixels).map_err(|error| error.to_string())?;
    let points = [[left, top], [right - 1, bottom - 1]].map(|corner| Point::from(corner.map(f64::from)));
    Ok(Some((points.to_vec(), STANDARD.encode(png))))
}

/// Undoes [`coded`].
pub(super) fn decoded(corner: Point, text: &str, width: u32, height: u32) -> Result<Mask, String> {
    let MaskPng::Classes(map) =
        read_mask_png(&decode_base64(text)?, u64::from(width) * u64::from(height)).map_err(|error| format!("a mask: {error}"))?
    else {
        return Err("a mask has 16 bits a pixel".to_owned());
    };
    let inside: Vec<bool> = map.classes.iter().map(|&value| value > 0).collect();
    let cut = Mask::from_bitmap(map.width, map.height, &inside).map_err(|error| error.to_string())?;
    cut.moved(width, height, corner.x as i64, corner.y as i64).map_err(|error| error.to_string())
}
