//! Pixels of a picture, or of a part of one, borrowed from whoever owns them.

/// Four bytes a pixel: red, green, blue, and one that nobody looks at. Machines load it as one word.
pub type Pixel = [u8; 4];

/// A part of a picture: left, top, width, height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Window {
    /// All of a picture of that size.
    #[must_use]
    pub fn whole([width, height]: [u32; 2]) -> Self {
        Self { left: 0, top: 0, width, height }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// How many pixels it has.
    #[must_use]
    pub fn area(&self) -> usize {
        self.width as usize * self.height as usize
    }
}

/// The pixels of a window of a picture; the rest of the picture isn't in memory.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, P> {
    /// `window.height` rows of `window.width` pixels.
    pub pixels: &'a [P],
    pub window: Window,
    /// Width and height of the whole picture.
    pub size: [u32; 2],
}

impl<'a, P> View<'a, P> {
    /// All of a picture.
    #[must_use]
    pub fn whole(pixels: &'a [P], size: [u32; 2]) -> Self {
        Self { pixels, window: Window::whole(size), size }
    }

    /// A row of the window, counted from the top of the whole picture; rows outside of the window repeat its first or last one.
    #[inline(always)]
    #[must_use]
    pub fn row(&self, y: u32) -> &'a [P] {
        let width = self.window.width as usize;
        let y = y.saturating_sub(self.window.top).min(self.window.height.saturating_sub(1)) as usize;
        self.pixels.get(y * width..(y + 1) * width).unwrap_or(&[])
    }
}
