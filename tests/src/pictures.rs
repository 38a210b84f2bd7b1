//! Small pictures drawn in code.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

/// A PNG with a bright disc on dark ground; another `seed` gives another file.
#[must_use]
pub fn png(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode(width, height, seed, ImageFormat::Png)
}

#[must_use]
pub fn encode(width: u32, height: u32, seed: u64, format: ImageFormat) -> Vec<u8> {
    let (cx, cy) = ((seed * 7 % u64::from(width)) as f64, (seed * 13 % u64::from(height)) as f64);
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let near = (f64::from(x) - cx).hypot(f64::from(y) - cy) < 12.0;
        let base = if near { 200 } else { 30 };
        Rgb([base, base, (seed % 251) as u8])
    });
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A square polygon of that class.
#[must_use]
pub fn square(class: u8, x: f64, y: f64, side: f64) -> Value {
    json!({ "class": class, "type": "polygon", "parts": [{ "outer": [[x, y], [x + side, y], [x + side, y + side], [x, y + side]] }] })
}
