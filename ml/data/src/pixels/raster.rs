//! Rows of pixels with one or three bytes each.

/// A picture of `C` bytes a pixel, row after row without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster<const C: usize> {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// A picture in colour: red, green, blue.
pub type Picture = Raster<3>;

/// A picture of one value a pixel: gray, or the classes of a mask.
pub type Plane = Raster<1>;

impl<const C: usize> Raster<C> {
    /// A picture of those values; `None` if they are not `width × height × C`.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let expected = (width as usize).checked_mul(height as usize)?.checked_mul(C)?;
        (pixels.len() == expected).then_some(Self { width, height, pixels })
    }

    /// A picture of one colour.
    #[must_use]
    pub fn filled(width: u32, height: u32, color: [u8; C]) -> Self {
        Self { width, height, pixels: vec![color; width as usize * height as usize].into_flattened() }
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// All values, row after row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// All values, to be changed in place.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The values alone, so that their memory is used again.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// The values, pixel by pixel.
    #[must_use]
    pub fn as_pixels(&self) -> &[[u8; C]] {
        self.pixels.as_chunks().0
    }
}
