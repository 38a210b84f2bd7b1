//! The file form of features: a header of fixed length, then the picture and the levels, all little-endian, guarded by a checksum.

use half::f16;

use super::{CANVAS_STEP, Features, Fit, INPUT_SIZES, Level};

const MAGIC: [u8; 4] = *b"LWFT";
/// Grows when the network, its preprocessing or the layout changes: old files must then be computed anew.
const VERSION: u32 = 1;
const HEADER: usize = 28;

/// Why bytes are not features.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    #[error("these bytes are not a feature file; compute the features of this image again")]
    NotFeatures,
    #[error("the feature file has version {0}, this program reads version {VERSION}; compute the features of this image again")]
    Version(u32),
    #[error("the feature file says that its canvas is {0}×{1} pixels, which no image has; compute the features of this image again")]
    Canvas(u32, u32),
    #[error("the feature file has {found} bytes, but its header asks for {wanted}; compute the features of this image again")]
    Length { found: usize, wanted: usize },
    #[error("the feature file's checksum is wrong, so it was damaged in storage; compute the features of this image again")]
    Checksum,
}

impl Features {
    /// The features as bytes; see [`Features::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.size());
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        for number in [self.fit.image_width, self.fit.image_height, self.fit.canvas_width, self.fit.canvas_height] {
            out.extend(number.to_le_bytes());
        }
        out.extend([0; 4]);
        out.extend(&self.picture);
        for level in &self.levels {
            out.extend(level.values.iter().flat_map(|value| value.to_le_bytes()));
        }
        let sum = checksum(&out);
        out[HEADER - 4..HEADER].copy_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads what [`Features::to_bytes`] wrote. The length is checked against the header before anything is allocated.
    ///
    /// # Errors
    /// The bytes are something else, of another version, cut off or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FeaturesError> {
        let number = |at: usize| bytes.get(at..at + 4).and_then(|part| part.try_into().ok()).map(u32::from_le_bytes);
        if bytes.get(..4) != Some(&MAGIC) {
            return Err(FeaturesError::NotFeatures);
        }
        let version = number(4).ok_or(FeaturesError::NotFeatures)?;
        if version != VERSION {
            return Err(FeaturesError::Version(version));
        }
        let (Some(image_width), Some(image_height), Some(canvas_width), Some(canvas_height), Some(sum)) =
            (number(8), number(12), number(16), number(20), number(24))
        else {
            return Err(FeaturesError::NotFeatures);
        };
        let fits = |side: u32| side >= CANVAS_STEP && side <= *INPUT_SIZES.end() && side.is_multiple_of(CANVAS_STEP);
        if !fits(canvas_width) || !fits(canvas_height) || image_width == 0 || image_height == 0 {
            return Err(FeaturesError::Canvas(canvas_width, canvas_height));
        }
        let fit = Fit { image_width, image_height, canvas_width, canvas_height };
        let shapes = Self::shapes(fit);
        let pixels = canvas_width as usize * canvas_height as usize * 3;
        let wanted = HEADER + pixels + shapes.iter().map(|(width, height, channels)| width * height * channels * 2).sum::<usize>();
        if bytes.len() != wanted {
            return Err(FeaturesError::Length { found: bytes.len(), wanted });
        }
        if checksum(bytes) != sum {
            return Err(FeaturesError::Checksum);
        }
        let (picture, mut rest) = bytes[HEADER..].split_at(pixels);
        let mut levels = Vec::with_capacity(shapes.len());
        for (width, height, channels) in shapes {
            let (part, after) = rest.split_at(width * height * channels * 2);
            let values = part.as_chunks::<2>().0.iter().map(|&pair| f16::from_le_bytes(pair)).collect();
            levels.push(Level { width, height, channels, values });
            rest = after;
        }
        Ok(Self { fit, picture: picture.to_vec(), levels })
    }
}

/// Sum over everything but the field that holds the sum itself; 8 bytes at a time, each step a bijection, so that no single change goes unseen.
fn checksum(bytes: &[u8]) -> u32 {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    for part in [&bytes[..HEADER - 4], &bytes[HEADER..]] {
        let (words, tail) = part.as_chunks::<8>();
        for &word in words {
            state = (state ^ u64::from_le_bytes(word)).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29);
        }
        for &byte in tail {
            state = (state ^ u64::from(byte)).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29);
        }
    }
    state ^= state >> 32;
    (state.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Features {
        let fit = Fit { image_width: 40, image_height: 20, canvas_width: 64, canvas_height: 32 };
        let picture = (0..64 * 32 * 3).map(|i| (i % 251) as u8).collect();
        let levels = Features::shapes(fit)
            .into_iter()
            .map(|(width, height, channels)| Level {
                width,
                height,
                channels,
                values: (0..width * height * channels).map(|i| f16::from_f32(i as f32 * 0.37 % 9.0 - 4.0)).collect(),
            })
            .collect();
        Features { fit, picture, levels }
    }

    #[test]
    fn bytes_come_back() {
        let features = sample();
        let bytes = features.to_bytes();
        assert_eq!(bytes.len(), HEADER + features.size());
        assert_eq!(Features::from_bytes(&bytes), Ok(features));
    }

    #[test]
    fn a_hostile_size_is_refused() {
        let mut bytes = sample().to_bytes();
        bytes[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Features::from_bytes(&bytes), Err(FeaturesError::Canvas(u32::MAX, 32)));
        bytes[16..20].copy_from_slice(&1024u32.to_le_bytes());
        assert!(matches!(Features::from_bytes(&bytes), Err(FeaturesError::Length { .. })));
        bytes[4] = 9;
        assert_eq!(Features::from_bytes(&bytes), Err(FeaturesError::Version(9)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_flipped_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut bytes = sample().to_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Features::from_bytes(&bytes).is_err());
        }

        #[test]
        fn any_cut_is_noticed(length in any::<prop::sample::Index>()) {
            let bytes = sample().to_bytes();
            prop_assert!(Features::from_bytes(&bytes[..length.index(bytes.len())]).is_err());
        }

        #[test]
        fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Features::from_bytes(&bytes).is_err());
        }
    }
}
