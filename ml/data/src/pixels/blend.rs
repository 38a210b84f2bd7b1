//! Two pixels side by side, each with a weight: the arithmetic that resizing and turning have in common.

use super::simd::{Loop, vectorized};

/// Two pixels as they lie in memory.
pub(super) type Two = [u8; 8];

/// Their weights: the left one's in the lower 16 bits, the right one's in the upper. None is above 2048.
pub(super) type Weights = u32;

/// How a processor weighs pixels. Every way gives the same numbers.
pub(super) trait Blend: Copy {
    /// One sum for each of the four bytes.
    type Sums: Copy;

    /// `left · weight + right · weight`.
    fn two(self, pixels: Two, weights: Weights) -> Self::Sums;

    /// `(sum >> 4)`, which has to fit into 15 bits.
    fn sixteenths(self, sums: Self::Sums) -> [u16; 4];

    /// `(one + other + 512) >> 10`, which has to fit into a byte.
    fn rounded(self, one: Self::Sums, other: Self::Sums) -> [u8; 4];
}

/// A loop that weighs pixels. Its `call` and all that it calls must be inlined.
pub(super) trait BlendLoop {
    fn call(self, blend: impl Blend);
}

/// Runs a loop in the way that suits the processor.
pub(super) fn blended(work: impl BlendLoop) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return avx2.vectorize(With { work, blend: avx2 });
    }
    vectorized(With { work, blend: Plain });
}

struct With<L, B> {
    work: L,
    blend: B,
}

impl<L: BlendLoop, B: Blend> Loop for With<L, B> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.work.call(self.blend);
    }
}

/// For every processor.
#[derive(Clone, Copy)]
struct Plain;

impl Blend for Plain {
    type Sums = [u32; 4];

    #[inline(always)]
    fn two(self, pixels: Two, weights: Weights) -> [u32; 4] {
        let (left, right) = (weights & 0xffff, weights >> 16);
        std::array::from_fn(|c| u32::from(pixels[c]) * left + u32::from(pixels[c + 4]) * right)
    }

    #[inline(always)]
    fn sixteenths(self, sums: [u32; 4]) -> [u16; 4] {
        sums.map(|sum| (sum >> 4) as u16)
    }

    #[inline(always)]
    fn rounded(self, one: [u32; 4], other: [u32; 4]) -> [u8; 4] {
        std::array::from_fn(|c| ((one[c] + other[c] + 512) >> 10) as u8)
    }
}

#[cfg(target_arch = "x86_64")]
impl Blend for pulp::x86::V3 {
    type Sums = core::arch::x86_64::__m128i;

    #[inline(always)]
    fn two(self, pixels: Two, weights: Weights) -> Self::Sums {
        // Each byte of the left pixel beside that of the right one, as numbers of 16 bits.
        let beside = self.sse2._mm_setr_epi8(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1);
        let pixels = self.sse2._mm_set_epi64x(0, i64::from_le_bytes(pixels));
        let pairs = self.ssse3._mm_shuffle_epi8(pixels, beside);
        self.sse2._mm_madd_epi16(pairs, self.sse2._mm_set1_epi32(weights as i32))
    }

    #[inline(always)]
    fn sixteenths(self, sums: Self::Sums) -> [u16; 4] {
        let sums = self.sse2._mm_srli_epi32::<4>(sums);
        let [words, _]: [[u16; 4]; 2] = pulp::cast(self.sse2._mm_packs_epi32(sums, sums));
        words
    }

    #[inline(always)]
    fn rounded(self, one: Self::Sums, other: Self::Sums) -> [u8; 4] {
        let sums = self.sse2._mm_add_epi32(self.sse2._mm_add_epi32(one, other), self.sse2._mm_set1_epi32(512));
        let sums = self.sse2._mm_srli_epi32::<10>(sums);
        let words = self.sse2._mm_packs_epi32(sums, sums);
        let [pixel, ..]: [[u8; 4]; 4] = pulp::cast(self.sse2._mm_packus_epi16(words, words));
        pixel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that a way of weighing can be asked, for weights up to their limits.
    struct Ask<'a>(&'a mut Vec<u16>);

    impl BlendLoop for Ask<'_> {
        #[inline(always)]
        fn call(self, blend: impl Blend) {
            let mut word = 1u64;
            for step in 0..4096u32 {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let pixels = if step % 64 == 0 { [255; 8] } else { word.to_be_bytes() };
                let right = step % 2049;
                self.0.extend(blend.sixteenths(blend.two(pixels, (2048 - right) | (right << 16))));
                let (x, y) = (step % 33, (step / 33) % 33);
                let row = |share: u32| blend.two(pixels, ((32 - x) * share) | ((x * share) << 16));
                self.0.extend(blend.rounded(row(32 - y), row(y)).map(u16::from));
            }
        }
    }

    #[test]
    fn every_way_gives_the_same_numbers() {
        let (mut plain, mut chosen) = (Vec::new(), Vec::new());
        Ask(&mut plain).call(Plain);
        blended(Ask(&mut chosen));
        assert_eq!(plain, chosen);
        assert_eq!(plain[..8], [32640, 32640, 32640, 32640, 255, 255, 255, 255]);
    }
}
