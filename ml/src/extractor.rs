//! From a picture to its features.

use burn::tensor::{Device, Tensor, TensorData};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image, images::ImageRef};
use half::f16;
use image::RgbImage;

use crate::{
    features::{Features, Fit, KEPT_LEVELS, Level},
    models::{
        EfficientNetLite,
        layers::{ConvUnit, Units},
    },
    weights::WeightsError,
};

/// Computes features; holds the backbone's weights, so one is enough for many images. It may be shared between threads.
#[derive(Clone, Debug)]
pub struct Extractor {
    network: EfficientNetLite,
    device: Device,
}

/// Why an image has no features.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    #[error(
        "an image of {width}×{height} pixels can't be looked at with input size {input_size}: it needs an area, and the input size must be a multiple of 32 from 64 to 1024"
    )]
    Size { width: u32, height: u32, input_size: u32 },
    #[error("the image could not be resized: {0}")]
    Resize(String),
    #[error("the device failed while it computed features: {0}; try again, or use the CPU")]
    Device(String),
    #[error("the network gave a value that is not finite; the weights or the device are damaged")]
    NotFinite,
}

impl Extractor {
    /// The backbone with the weights that come with the program.
    ///
    /// # Errors
    /// The embedded weights are damaged.
    pub fn new(device: Device) -> Result<Self, WeightsError> {
        let mut network = EfficientNetLite::pretrained_lite0(&device)?;
        // It is never trained here, so every normalisation goes into the convolution before it.
        network.units(&mut ConvUnit::fold);
        Ok(Self { network, device })
    }

    /// Features of one image.
    ///
    /// The image is resized onto a canvas whose long side is `input_size` (see [`Fit`]), smaller images too; with an antialiasing filter.
    /// Bytes become `(byte − 127) / 128`, as the backbone was trained.
    ///
    /// # Errors
    /// The image or the input size can't be used, or the device failed.
    pub fn extract(&self, image: &RgbImage, input_size: u32) -> Result<Features, ExtractError> {
        let (width, height) = image.dimensions();
        let fit = Fit::new(width, height, input_size).ok_or(ExtractError::Size { width, height, input_size })?;
        let picture = resized(image, fit)?;
        let levels = self.network.forward(self.input(&picture, fit));
        let kept = KEPT_LEVELS.iter().filter_map(|&k| levels.get(k)).map(channels_last).collect::<Result<_, _>>()?;
        Ok(Features { fit, picture, levels: kept })
    }

    fn input(&self, picture: &[u8], fit: Fit) -> Tensor<4> {
        let (width, height) = (fit.canvas_width as usize, fit.canvas_height as usize);
        let mut planes = vec![0.0f32; 3 * width * height];
        for (channel, plane) in planes.chunks_exact_mut(width * height).enumerate() {
            for (value, pixel) in plane.iter_mut().zip(picture.as_chunks::<3>().0) {
                *value = (f32::from(pixel[channel]) - 127.0) / 128.0;
            }
        }
        Tensor::from_data(TensorData::new(planes, [1, 3, height, width]), &self.device)
    }
}

fn resized(image: &RgbImage, fit: Fit) -> Result<Vec<u8>, ExtractError> {
    let (width, height) = image.dimensions();
    if (width, height) == (fit.canvas_width, fit.canvas_height) {
        return Ok(image.as_raw().clone());
    }
    let source = ImageRef::new(width, height, image.as_raw(), PixelType::U8x3).map_err(|error| ExtractError::Resize(error.to_string()))?;
    let mut target = Image::new(fit.canvas_width, fit.canvas_height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| ExtractError::Resize(error.to_string()))?;
    Ok(target.into_vec())
}

/// A level `[1, channels, height, width]` as half precision with the channels of a cell beside each other.
fn channels_last(level: &Tensor<4>) -> Result<Level, ExtractError> {
    let [_, channels, height, width] = level.dims();
    let planes = level.clone().try_into_vec_as::<f32>().map_err(|error| ExtractError::Device(error.to_string()))?;
    let mut values = vec![f16::ZERO; planes.len()];
    let cells = height * width;
    // Blocks of cells keep both sides of the transposition in the cache.
    const BLOCK: usize = 64;
    for start in (0..cells).step_by(BLOCK) {
        let end = (start + BLOCK).min(cells);
        for channel in 0..channels {
            for cell in start..end {
                let value = planes[channel * cells + cell];
                if !value.is_finite() {
                    return Err(ExtractError::NotFinite);
                }
                values[cell * channels + channel] = f16::from_f32(value.clamp(f16::MIN.to_f32(), f16::MAX.to_f32()));
            }
        }
    }
    Ok(Level { width, height, channels, values })
}
