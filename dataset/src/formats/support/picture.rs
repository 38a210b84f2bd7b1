//! The size of a picture, for formats that don't tell it.

use std::io::BufReader;

use image::metadata::Orientation;
use image::{ImageDecoder, ImageReader};

use crate::exchange::{ExchangeError, Input};

/// Width and height of a picture as it is looked at, that is, turned as its EXIF data asks for. No pixel is decoded.
pub(crate) fn picture_size(input: &dyn Input, name: &str) -> Result<(u32, u32), ExchangeError> {
    let file = input.open(name).map_err(ExchangeError::io(name))?;
    let failed = |error: image::ImageError| ExchangeError::image(name, format!("the picture can't be read: {error}"));
    let reader = ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(ExchangeError::io(name))?;
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        decoder.orientation().unwrap_or(Orientation::NoTransforms),
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(if turned { (height, width) } else { (width, height) })
}
