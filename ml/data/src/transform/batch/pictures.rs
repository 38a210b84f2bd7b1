//! Pictures in a batch.

use super::BatchError;
use crate::sample::Sample;
use crate::transform::step::Normalize;

/// Writes a picture as three planes, `(value / 255 - mean) / std`. The part of the buffer has `3 × height × width` values.
///
/// # Errors
/// The picture has another size.
pub fn fill_picture(sample: &Sample, normalize: &Normalize, [width, height]: [u32; 2], out: &mut [f32]) -> Result<(), BatchError> {
    if sample.size() != [width, height] {
        return Err(BatchError::Size { id: sample.id.clone(), has: sample.size(), batch: [width, height] });
    }
    let plane = width as usize * height as usize;
    if out.len() != 3 * plane {
        return Err(BatchError::Buffer { has: out.len(), needed: 3 * plane });
    }
    let [scale, shift] = [0, 1].map(|which| {
        std::array::from_fn::<f32, 3, _>(|c| {
            let scale = 1.0 / (255.0 * normalize.std[c]);
            if which == 0 { scale } else { -normalize.mean[c] / normalize.std[c] }
        })
    });
    let (red, rest) = out.split_at_mut(plane);
    let (green, blue) = rest.split_at_mut(plane);
    let pixels = sample.picture.pixels().as_chunks::<3>().0;
    for (((pixel, r), g), b) in pixels.iter().zip(red).zip(green).zip(blue) {
        *r = f32::from(pixel[0]) * scale[0] + shift[0];
        *g = f32::from(pixel[1]) * scale[1] + shift[1];
        *b = f32::from(pixel[2]) * scale[2] + shift[2];
    }
    Ok(())
}
