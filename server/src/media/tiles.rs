//! Large pictures as tiles, so that a browser decodes only what it shows.
//!
//! All tiles of a picture stand in one file: a head of 32 bytes (`LWTILES1`, then side, levels, width and height as 32-bit numbers and
//! eight bytes of zeros, all little-endian), a table with the offset of each tile and of the end (64 bits each), and the tiles themselves as picture
//! files, level by level, row by row. Two small reads find any tile.

use std::ops::Range;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, codecs::jpeg::JpegEncoder};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MediaError, display};

const MAGIC: &[u8; 8] = b"LWTILES1";
const HEAD: u64 = 32;
/// Pictures that are no longer than this are sent whole: graphics chips take them as one texture.
const WHOLE: i64 = 8192;
const SIDE: u32 = 512;
const QUALITY: u8 = 95;

/// How a picture is cut into tiles. Level 0 has all its pixels, each further one half as many across (rounded up), down to one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pyramid {
    /// Pixels across a tile; those at the right and the bottom may be smaller.
    pub side: u32,
    pub levels: u32,
}

impl Pyramid {
    /// How a picture of that size is cut; none when it is sent whole.
    #[must_use]
    pub fn wanted(width: i64, height: i64) -> Option<Self> {
        let long = u32::try_from(width.max(height)).ok()?;
        (i64::from(long) > WHOLE).then(|| Self::of(long, SIDE))
    }

    fn of(long: u32, side: u32) -> Self {
        let mut levels = 1;
        while long.div_ceil(1 << (levels - 1)) > side {
            levels += 1;
        }
        Self { side, levels }
    }
}

/// What the head of a file of tiles says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pyramid: Pyramid,
    width: u32,
    height: u32,
}

impl Head {
    /// The bytes that hold it.
    pub const RANGE: Range<u64> = 0..HEAD;

    /// Reads the head of a file.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let number = |at: usize| Some(u32::from_le_bytes(rest.get(4 * at..4 * at + 4)?.try_into().ok()?));
        let head = Self { pyramid: Pyramid { side: number(0)?, levels: number(1)? }, width: number(2)?, height: number(3)? };
        (head.pyramid.side > 0 && (1..=32).contains(&head.pyramid.levels) && head.width > 0 && head.height > 0).then_some(head)
    }

    /// Columns and rows of tiles at a level.
    fn tiles(&self, level: u32) -> (u32, u32) {
        let across = |pixels: u32| pixels.div_ceil(1 << level).div_ceil(self.pyramid.side);
        (across(self.width), across(self.height))
    }

    fn count(&self) -> u64 {
        (0..self.pyramid.levels).map(|level| self.tiles(level)).map(|(columns, rows)| u64::from(columns) * u64::from(rows)).sum()
    }

    /// Where the table says where a tile begins and ends; none for places outside the picture.
    #[must_use]
    pub fn entry(&self, level: u32, x: u32, y: u32) -> Option<Range<u64>> {
        if level >= self.pyramid.levels {
            return None;
        }
        let (columns, rows) = self.tiles(level);
        if x >= columns || y >= rows {
            return None;
        }
        let before: u64 = (0..level).map(|level| self.tiles(level)).map(|(columns, rows)| u64::from(columns) * u64::from(rows)).sum();
        let at = HEAD + 8 * (before + u64::from(y) * u64::from(columns) + u64::from(x));
        Some(at..at + 16)
    }
}

/// Where a tile's bytes are, from its entry in the table.
#[must_use]
pub fn place(entry: &[u8]) -> Option<Range<u64>> {
    let number = |at: usize| Some(u64::from_le_bytes(entry.get(at..at + 8)?.try_into().ok()?));
    let (start, end) = (number(0)?, number(8)?);
    (start < end).then_some(start..end)
}

/// Cuts a picture; `lossless` keeps every pixel as it is (PNG), otherwise tiles are JPEG of high quality. CPU work.
///
/// # Errors
/// A tile can't be encoded.
pub fn cut(picture: DynamicImage, lossless: bool) -> Result<Vec<u8>, MediaError> {
    cut_by(picture, lossless, SIDE)
}

fn cut_by(picture: DynamicImage, lossless: bool, side: u32) -> Result<Vec<u8>, MediaError> {
    let damaged = |e: image::ImageError| MediaError::Damaged(e.to_string());
    let picture = display::eight_bit(picture);
    let (width, height) = (picture.width(), picture.height());
    let head = Head { pyramid: Pyramid::of(width.max(height), side), width, height };
    let mut file = MAGIC.to_vec();
    for number in [side, head.pyramid.levels, width, height, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    let mut table = file.len();
    file.resize(table + 8 * (head.count() as usize + 1), 0);
    let mut level = picture;
    for at in 0..head.pyramid.levels {
        let (columns, rows) = head.tiles(at);
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            let start = (file.len() as u64).to_le_bytes();
            file[table..table + 8].copy_from_slice(&start);
            table += 8;
            let tile = level.crop_imm(x * side, y * side, side, side);
            if lossless {
                file.extend(display::png(&tile).map_err(damaged)?);
            } else {
                JpegEncoder::new_with_quality(&mut file, QUALITY).encode_image(&tile).map_err(damaged)?;
            }
        }
        if at + 1 < head.pyramid.levels {
            level = halve(&level)?;
        }
    }
    let end = (file.len() as u64).to_le_bytes();
    file[table..table + 8].copy_from_slice(&end);
    Ok(file)
}

fn halve(picture: &DynamicImage) -> Result<DynamicImage, MediaError> {
    let (width, height) = (picture.width().div_ceil(2), picture.height().div_ceil(2));
    let mut small = DynamicImage::new(width, height, picture.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    Resizer::new().resize(picture, &mut small, &options).map_err(|e| MediaError::Damaged(e.to_string()))?;
    Ok(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(file: &[u8], level: u32, x: u32, y: u32) -> Option<DynamicImage> {
        let head = Head::read(&file[..32]).unwrap();
        let entry = head.entry(level, x, y)?;
        let place = super::place(&file[entry.start as usize..entry.end as usize]).unwrap();
        Some(image::load_from_memory(&file[place.start as usize..place.end as usize]).unwrap())
    }

    #[test]
    fn every_pixel_is_in_its_tile_and_levels_halve() {
        let picture = image::RgbImage::from_fn(75, 41, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5, (x ^ y) as u8]));
        let file = cut_by(DynamicImage::ImageRgb8(picture.clone()), true, 16).unwrap();
        for (x, y, pixel) in picture.enumerate_pixels() {
            let tile = tile(&file, 0, x / 16, y / 16).unwrap().to_rgb8();
            assert_eq!(tile.get_pixel(x % 16, y % 16), pixel);
        }
        // 75, 38, 19, 10: the last level is a single tile.
        assert_eq!(Head::read(&file).unwrap().pyramid, Pyramid { side: 16, levels: 4 });
        let (last, edge) = (tile(&file, 3, 0, 0).unwrap(), tile(&file, 1, 2, 1).unwrap());
        assert_eq!((last.width(), last.height(), edge.width(), edge.height()), (10, 6, 38 - 32, 21 - 16));
        assert!(tile(&file, 0, 5, 0).is_none() && tile(&file, 4, 0, 0).is_none() && tile(&file, 3, 0, 1).is_none());
    }

    #[test]
    fn only_large_pictures_are_cut() {
        assert_eq!(Pyramid::wanted(8192, 4000), None);
        assert_eq!(Pyramid::wanted(16_384, 16_384), Some(Pyramid { side: 512, levels: 6 }));
        assert_eq!(Pyramid::wanted(100, 8193), Some(Pyramid { side: 512, levels: 6 }));
        assert!(Head::read(b"LWTILES1").is_none() && Head::read(&[0; 32]).is_none());
    }
}
