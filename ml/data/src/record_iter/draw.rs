//! A plan carried out: from a decoded picture to its row of the batch.

use crate::pixels::color::{brightness, contrast, saturation};
use crate::pixels::resize::{ResizeMemory, resize_window};
use crate::pixels::{Pixel, PlanesMemory, Value, View, Window, warp_window};

use super::plan::{Last, Plan, Tone};

/// Memory that a thread uses again from picture to picture.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub record: Vec<u8>,
    pub decoded: Vec<u8>,
    resize: ResizeMemory,
    resized: Vec<Pixel>,
    warped: Vec<Pixel>,
    last: Vec<Pixel>,
    planes: PlanesMemory,
}

/// What a plan begins with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begin<'a> {
    Decoded(View<'a, Pixel>),
    /// The first resize was done before, for all of the picture.
    Resized(View<'a, Pixel>),
}

impl Plan {
    /// All of the picture after its first resize.
    pub fn resize_all(&self, from: View<'_, Pixel>) -> Vec<Pixel> {
        let mut out = Vec::new();
        resize_window(from, self.resized, Window::whole(self.resized), self.resize_filter, &mut ResizeMemory::default(), &mut out);
        out
    }

    /// Writes the row: `out` is one or three planes of the size `to`.
    pub fn write<T: Value>(&self, begin: Begin<'_>, to: [u32; 2], memory: &mut Memory, out: &mut [T]) {
        let Memory { resize, resized, warped, last, planes, .. } = memory;
        let mut maker = Maker { plan: self, begin, resize, resized };
        let pixels: &mut Vec<Pixel> = match self.last {
            Last::Crop(window) if self.pad == 0 => {
                maker.window(window, warped);
                warped
            }
            _ => {
                let whole = maker.padded(warped);
                let from = View::whole(warped, whole);
                match self.last {
                    Last::Crop(window) => resize_window(from, whole, window, self.last_filter, maker.resize, last),
                    Last::Enlarge(larger, window) => resize_window(from, larger, window, self.last_filter, maker.resize, last),
                    Last::Zoom(part) => {
                        resize_window(from, whole, part, self.last_filter, maker.resize, maker.resized);
                        let part = View::whole(maker.resized, part.size());
                        resize_window(part, to, Window::whole(to), self.last_filter, maker.resize, last);
                    }
                }
                last
            }
        };
        for tone in &self.tones {
            match *tone {
                Tone::Brightness(factor) => brightness(pixels, factor),
                Tone::Contrast(factor) => contrast(pixels, factor),
                Tone::Saturation(factor) => saturation(pixels, factor),
            }
        }
        self.finish.write(pixels, to[0] as usize, planes, out);
    }
}

/// Makes windows of the picture as it is after resizing and turning.
struct Maker<'a> {
    plan: &'a Plan,
    begin: Begin<'a>,
    resize: &'a mut ResizeMemory,
    resized: &'a mut Vec<Pixel>,
}

impl Maker<'_> {
    /// Only the pixels that the window needs are resized.
    fn window(&mut self, window: Window, out: &mut Vec<Pixel>) {
        let Some(warp) = &self.plan.warp else { return self.resized(window, out) };
        let needed = warp.back.needed(window, self.plan.resized);
        if let Begin::Resized(view) = self.begin {
            return warp_window(view, &warp.back, window, self.plan.fill, out);
        }
        let mut memory = std::mem::take(self.resized);
        self.resized(needed, &mut memory);
        let view = View { pixels: &memory, window: needed, size: self.plan.resized };
        warp_window(view, &warp.back, window, self.plan.fill, out);
        *self.resized = memory;
    }

    fn resized(&mut self, window: Window, out: &mut Vec<Pixel>) {
        let (Begin::Decoded(view) | Begin::Resized(view)) = self.begin;
        resize_window(view, self.plan.resized, window, self.plan.resize_filter, self.resize, out);
    }

    /// All of the picture with its border; returns the size.
    fn padded(&mut self, out: &mut Vec<Pixel>) -> [u32; 2] {
        let size = self.plan.warp.as_ref().map_or(self.plan.resized, |warp| warp.size);
        let pad = self.plan.pad;
        self.window(Window::whole(size), out);
        if pad == 0 {
            return size;
        }
        let larger = size.map(|side| side + 2 * pad);
        let mut padded = vec![[self.plan.fill; 4]; larger[0] as usize * larger[1] as usize];
        let rows = padded.chunks_exact_mut(larger[0] as usize).skip(pad as usize);
        for (to, from) in rows.zip(out.chunks_exact(size[0] as usize)) {
            to[pad as usize..(pad + size[0]) as usize].copy_from_slice(from);
        }
        *out = padded;
        larger
    }
}
