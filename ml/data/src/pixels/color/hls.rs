//! Hue, lightness and saturation moved by a constant.

/// How far hue, lightness and saturation are moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HlsShift {
    /// In steps of two degrees, as OpenCV counts hues. Beyond 360 degrees hues begin anew.
    pub hue: f32,
    /// In levels, of which there are 255; light stays between black and white.
    pub lightness: f32,
    /// In levels, of which there are 255; what has no colour has none afterwards either, unless saturation rises.
    pub saturation: f32,
}

impl HlsShift {
    /// Whether nothing moves.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Moves pixels whose red, green and blue stand in three slices, from 0 to 255.
    #[inline(always)]
    pub fn apply(&self, red: &mut [f32], green: &mut [f32], blue: &mut [f32]) {
        // Hues are counted in twelfths of the circle here.
        let hue = self.hue.rem_euclid(180.0) / 15.0;
        let (lightness, saturation) = (self.lightness / 255.0, self.saturation / 255.0);
        for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
            [*r, *g, *b] = moved([*r, *g, *b], hue, lightness, saturation);
        }
    }
}

/// Without branches, so that many pixels are done at once.
#[inline(always)]
fn moved([r, g, b]: [f32; 3], hue: f32, lightness: f32, saturation: f32) -> [f32; 3] {
    const LEVEL: f32 = 1.0 / 255.0;
    let (r, g, b) = (r * LEVEL, g * LEVEL, b * LEVEL);
    let high = greater(greater(r, g), b);
    let low = less(less(r, g), b);
    let (range, light) = (high - low, (high + low) * 0.5);
    // The greatest range that this lightness allows; grays have no range, so any divisor gives them 0.
    let room = 2.0 * less(light, 1.0 - light);
    let strong = range / greater(room, 1e-6);
    let turn = 2.0 / greater(range, 1e-6);
    let of_red = (g - b) * turn;
    let of_green = (b - r) * turn + 4.0;
    let of_blue = (r - g) * turn + 8.0;
    let own = if high == r {
        of_red
    } else if high == g {
        of_green
    } else {
        of_blue
    };
    let h = wrapped(wrapped(if own < 0.0 { own + 12.0 } else { own }) + hue);
    let l = less(greater(light + lightness, 0.0), 1.0);
    let s = less(greater(strong + saturation, 0.0), 1.0);
    let reach = s * less(l, 1.0 - l);
    let channel = |n: f32| {
        let k = wrapped(n + h);
        255.0 * (l - reach * greater(less(less(k - 3.0, 9.0 - k), 1.0), -1.0))
    };
    [channel(0.0), channel(8.0), channel(4.0)]
}

#[inline(always)]
fn wrapped(h: f32) -> f32 {
    if h >= 12.0 { h - 12.0 } else { h }
}

/// One instruction, unlike [`f32::max`], which looks for what is not a number.
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn less(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(pixel: [f32; 3], shift: HlsShift) -> [f32; 3] {
        let [mut r, mut g, mut b] = pixel.map(|v| [v]);
        shift.apply(&mut r, &mut g, &mut b);
        [r[0], g[0], b[0]]
    }

    fn near(a: [f32; 3], b: [f32; 3]) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.01), "{a:?} {b:?}");
    }

    #[test]
    fn nothing_moves_without_a_shift() {
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let pixel = [r, g, b].map(|v| v as f32);
                    near(shifted(pixel, HlsShift::default()), pixel);
                }
            }
        }
    }

    #[test]
    fn hues_turn_and_begin_anew() {
        let hue = |hue| HlsShift { hue, ..HlsShift::default() };
        near(shifted([255.0, 0.0, 0.0], hue(60.0)), [0.0, 255.0, 0.0]);
        near(shifted([255.0, 0.0, 0.0], hue(-60.0)), [0.0, 0.0, 255.0]);
        near(shifted([0.0, 0.0, 255.0], hue(60.0)), [255.0, 0.0, 0.0]);
        near(shifted([10.0, 200.0, 90.0], hue(180.0)), [10.0, 200.0, 90.0]);
        near(shifted([77.0, 77.0, 77.0], hue(33.0)), [77.0, 77.0, 77.0]);
    }

    #[test]
    fn light_and_colour_stay_in_their_range() {
        near(shifted([100.0, 100.0, 100.0], HlsShift { lightness: 300.0, ..HlsShift::default() }), [255.0; 3]);
        near(shifted([100.0, 30.0, 20.0], HlsShift { lightness: -300.0, ..HlsShift::default() }), [0.0; 3]);
        near(shifted([100.0, 50.0, 50.0], HlsShift { saturation: -255.0, ..HlsShift::default() }), [75.0; 3]);
        near(shifted([100.0, 50.0, 50.0], HlsShift { lightness: 10.0, ..HlsShift::default() }), [113.333, 56.666, 56.666]);
    }
}
