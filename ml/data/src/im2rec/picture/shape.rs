//! Which part of a picture is kept, and at which size.

use crate::pixels::resize::{Filter, ResizeMemory, resize_window, short_side};
use crate::pixels::{Pixel, View, Window};

/// A part of a picture and the size that it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::im2rec) struct Shape {
    pub part: Window,
    pub to: [u32; 2],
}

/// What is made of a picture of that size.
pub(in crate::im2rec) fn planned(size: [u32; 2], center_crop: bool, resize: u32) -> Shape {
    let [width, height] = size;
    let side = width.min(height);
    let part = if center_crop {
        Window { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side }
    } else {
        Window::whole(size)
    };
    Shape { part, to: if resize == 0 { part.size() } else { short_side(part.size(), resize) } }
}

/// The pixels of the part, lent where it is all of the picture.
pub(in crate::im2rec) fn cut_out<'a, P: Copy>(pixels: &'a [P], size: [u32; 2], shape: Shape, memory: &'a mut Vec<P>) -> &'a [P] {
    let Shape { part, .. } = shape;
    if part.size() == size {
        return pixels;
    }
    memory.clear();
    for row in pixels.chunks_exact(size[0] as usize).skip(part.top as usize).take(part.height as usize) {
        memory.extend_from_slice(&row[part.left as usize..(part.left + part.width) as usize]);
    }
    memory
}

/// The pixels of the part at their new size, lent where that is the old one.
pub(super) fn resized<'a>(pixels: &'a [Pixel], shape: Shape, memory: &mut ResizeMemory, out: &'a mut Vec<Pixel>) -> &'a [Pixel] {
    let from = shape.part.size();
    if from == shape.to {
        return pixels;
    }
    resize_window(View::whole(pixels, from), shape.to, Window::whole(shape.to), Filter::Bilinear, memory, out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_im2rec() {
        let planned = |size, crop, resize| {
            let Shape { part, to } = planned(size, crop, resize);
            ([part.left, part.top, part.width, part.height], to)
        };
        assert_eq!(planned([500, 375], false, 256), ([0, 0, 500, 375], [341, 256]));
        assert_eq!(planned([375, 501], false, 256), ([0, 0, 375, 501], [256, 342]));
        assert_eq!(planned([501, 375], true, 32), ([63, 0, 375, 375], [32, 32]));
        assert_eq!(planned([40, 71], true, 0), ([0, 15, 40, 40], [40, 40]));
        assert_eq!(planned([1, 9000], false, 2), ([0, 0, 1, 9000], [2, 18000]));
    }
}
