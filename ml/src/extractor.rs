//! From a picture to its features.

use burn::tensor::{Device, Tensor, TensorData};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image, images::ImageRef};
use half::f16;
use image::RgbImage;
use rayon::prelude::*;

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

/// An image on its canvas: what the network is given of it, which is small however large the image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    fit: Fit,
    /// RGB bytes, row by row.
    picture: Vec<u8>,
}

impl Canvas {
    /// Resizes an image as [`Extractor::extract`] says.
    ///
    /// # Errors
    /// The image or the input size can't be used.
    pub fn new(image: &RgbImage, input_size: u32) -> Result<Self, ExtractError> {
        let (width, height) = image.dimensions();
        let fit = Fit::new(width, height, input_size).ok_or(ExtractError::Size { width, height, input_size })?;
        Ok(Self { fit, picture: resized(image, fit)? })
    }

    /// How the image was fitted.
    #[must_use]
    pub fn fit(&self) -> Fit {
        self.fit
    }
}

/// Why an image has no features.
#[derive(Clone, Debug, thiserror::Error)]
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
        let canvas = Canvas::new(image, input_size)?;
        self.extract_all(&[&canvas]).pop().unwrap_or(Err(ExtractError::NotFinite))
    }

    /// Features of many images, in their order. Those whose canvases have one size go through the network together.
    #[must_use]
    pub fn extract_all(&self, canvases: &[&Canvas]) -> Vec<Result<Features, ExtractError>> {
        let size = |canvas: &Canvas| (canvas.fit.canvas_width, canvas.fit.canvas_height);
        let mut order: Vec<usize> = (0..canvases.len()).collect();
        order.sort_by_key(|&at| size(canvases[at]));
        let mut out: Vec<(usize, Result<Features, ExtractError>)> = Vec::with_capacity(canvases.len());
        for group in order.chunk_by(|&a, &b| size(canvases[a]) == size(canvases[b])) {
            let together: Vec<&Canvas> = group.iter().map(|&at| canvases[at]).collect();
            out.extend(group.iter().copied().zip(self.forward(&together)));
        }
        out.sort_by_key(|&(at, _)| at);
        out.into_iter().map(|(_, features)| features).collect()
    }

    /// Canvases of one size through the network. What is wrong with one image's values is the fault of that image alone.
    fn forward(&self, canvases: &[&Canvas]) -> Vec<Result<Features, ExtractError>> {
        let read = |level: Tensor<4>| {
            let dims = level.dims();
            level.try_into_vec_as::<f32>().map(|planes| (planes, dims)).map_err(|error| ExtractError::Device(error.to_string()))
        };
        let levels = self.network.forward(self.input(canvases)).into_iter().map(read).collect::<Result<Vec<_>, _>>();
        let levels = match levels {
            Ok(levels) => levels,
            Err(error) => return canvases.iter().map(|_| Err(error.clone())).collect(),
        };
        let one = |(at, canvas): (usize, &&Canvas)| {
            let kept = KEPT_LEVELS.iter().filter_map(|&k| levels.get(k));
            let levels = kept.map(|(planes, [_, channels, height, width])| {
                let size = channels * height * width;
                channels_last(&planes[at * size..(at + 1) * size], *channels, *height, *width)
            });
            Ok(Features { fit: canvas.fit, picture: canvas.picture.clone(), levels: levels.collect::<Result<_, _>>()? })
        };
        canvases.par_iter().enumerate().map(one).collect()
    }

    fn input(&self, canvases: &[&Canvas]) -> Tensor<4> {
        let (width, height) = canvases.first().map_or((0, 0), |c| (c.fit.canvas_width as usize, c.fit.canvas_height as usize));
        let mut values = vec![0.0f32; canvases.len() * 3 * width * height];
        for (canvas, planes) in canvases.iter().zip(values.chunks_exact_mut(3 * width * height)) {
            for (channel, plane) in planes.chunks_exact_mut(width * height).enumerate() {
                for (value, pixel) in plane.iter_mut().zip(canvas.picture.as_chunks::<3>().0) {
                    *value = (f32::from(pixel[channel]) - 127.0) / 128.0;
                }
            }
        }
        Tensor::from_data(TensorData::new(values, [canvases.len(), 3, height, width]), &self.device)
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

/// A level's planes `[channels, height, width]` as half precision with the channels of a cell beside each other.
fn channels_last(planes: &[f32], channels: usize, height: usize, width: usize) -> Result<Level, ExtractError> {
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
