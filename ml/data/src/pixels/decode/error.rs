//! Why a picture can't be decoded.

/// Why the bytes of a file give no picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("the bytes are no picture of a known kind (JPEG, PNG, WebP, BMP, TIFF)")]
    Unknown,
    #[error("the picture has {width}×{height} pixels, but at most {limit} pixels are decoded; make it smaller, or raise the limit")]
    TooLarge { width: u64, height: u64, limit: u64 },
    #[error("the picture has no pixels")]
    Empty,
    #[error("the JPEG is damaged or cut off: {0}")]
    Jpeg(String),
    #[error("the picture is damaged or cut off: {0}")]
    Other(#[from] image::ImageError),
}
