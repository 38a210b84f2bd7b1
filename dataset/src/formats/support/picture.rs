//! The size of a picture, for formats that don't tell it.

use std::io::{BufRead, BufReader, Seek};

use image::metadata::Orientation;
use image::{ImageDecoder, ImageError, ImageReader};

use crate::exchange::{ExchangeError, Input};

/// Width and height of a picture as it is looked at, that is, turned as its EXIF data asks for. No pixel is decoded.
pub(crate) fn picture_size(input: &dyn Input, name: &str) -> Result<(u32, u32), ExchangeError> {
    let file = input.open(name).map_err(ExchangeError::io(name))?;
    size_of(BufReader::new(file)).map_err(|error| ExchangeError::image(name, format!("the picture can't be read: {error}")))
}

/// The same of a picture that is open already.
pub(crate) fn size_of(file: impl BufRead + Seek) -> Result<(u32, u32), ImageError> {
    let mut decoder = ImageReader::new(file).with_guessed_format().map_err(ImageError::IoError)?.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        decoder.orientation().unwrap_or(Orientation::NoTransforms),
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(if turned { (height, width) } else { (width, height) })
}
