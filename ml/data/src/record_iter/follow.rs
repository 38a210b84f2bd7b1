//! Masks that go the way of their pictures.

use std::ops::Range;

use crate::pixels::Matrix;

/// One in numbers with 32 bits after the point.
const ONE: f64 = (1u64 << 32) as f64;

/// A mask seen through a plan: the class of the pixel under each centre, `outside` where there is none.
pub(super) fn follow<T: Copy>(mask: &[T], size: [u32; 2], back: &Matrix, to: [u32; 2], outside: T, out: &mut [T]) {
    let [width, height] = size.map(i64::from);
    let [dx, dy] = [back.a, back.d].map(|step| (step * ONE).round() as i64);
    for (row, y) in out.chunks_exact_mut(to[0].max(1) as usize).zip(0u32..) {
        let begin = back.apply([0.0, f64::from(y)]).map(|place| place + 0.5);
        let inside = reached(begin, [back.a, back.d], size, row.len());
        row[..inside.start].fill(outside);
        row[inside.end..].fill(outside);
        let first = inside.start as f64;
        let [x0, y0] = [begin[0] + back.a * first, begin[1] + back.d * first].map(|place| (place * ONE) as i64);
        for (out, step) in row[inside].iter_mut().zip(0i64..) {
            let x = (x0.wrapping_add(dx.wrapping_mul(step)) >> 32).clamp(0, width - 1);
            let y = (y0.wrapping_add(dy.wrapping_mul(step)) >> 32).clamp(0, height - 1);
            *out = mask[(y * width + x) as usize];
        }
    }
}

/// Which of `len` places, which begin at `begin` and are `step` apart, lie in the picture: they follow one another.
fn reached(begin: [f64; 2], step: [f64; 2], size: [u32; 2], len: usize) -> Range<usize> {
    let inside = |at: usize| (0..2).all(|i| (0.0..f64::from(size[i])).contains(&(begin[i] + step[i] * at as f64)));
    let (mut low, mut high) = (0.0, len as f64);
    for i in 0..2 {
        let ends = [0.0, f64::from(size[i])].map(|end| (end - begin[i]) / step[i]);
        if step[i] != 0.0 && ends.iter().all(|end| end.is_finite()) {
            low = ends[0].min(ends[1]).max(low);
            high = ends[0].max(ends[1]).min(high);
        }
    }
    // Divisions are rounded, so that the ends may be one place too wide.
    let (mut low, mut high) = (low.floor() as usize, (high.ceil() as usize).min(len));
    while low < high && !inside(low) {
        low += 1;
    }
    while low < high && !inside(high - 1) {
        high -= 1;
    }
    low.min(len)..high.max(low.min(len))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_centre_gets_the_pixel_under_it(
            size in [1u32..30, 1u32..30],
            [a, b, d, e] in [-3.0..3.0f64, -3.0..3.0, -3.0..3.0, -3.0..3.0],
            [c, f] in [-40.0..40.0f64, -40.0..40.0],
        ) {
            let (back, to) = (Matrix { a, b, c, d, e, f }, [17, 13]);
            let mask: Vec<u16> = (0..(size[0] * size[1]) as u16).collect();
            let mut out = vec![7; 17 * 13];
            follow(&mask, size, &back, to, u16::MAX, &mut out);
            for (at, &got) in out.iter().enumerate() {
                let place = back.apply([(at % 17) as f64, (at / 17) as f64]).map(|place| place + 0.5);
                // Between two pixels either is right.
                if place.iter().any(|place| (place - place.round()).abs() < 1e-6) {
                    continue;
                }
                let [x, y] = place.map(f64::floor);
                let inside = x >= 0.0 && y >= 0.0 && x < f64::from(size[0]) && y < f64::from(size[1]);
                let under = if inside { (y * f64::from(size[0]) + x) as u16 } else { u16::MAX };
                prop_assert_eq!(got, under, "{:?} of {:?}", place, size);
            }
        }
    }
}
