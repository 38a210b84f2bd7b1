//! How bright a colour is.

/// Its gray as JPEG, Pillow and OpenCV weigh it: 0.299 red, 0.587 green and 0.114 blue, in 65536ths that make up one, to the nearest.
pub(crate) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue) + (1 << 15)) >> 16) as u8
}
