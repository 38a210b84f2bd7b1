//! `ImageDetRecordIter`: pictures with boxes.

mod label;
mod parameters;
mod rows;
mod window;

use std::sync::Arc;

use crate::loader::{Engine, Epoch};

use super::error::OpenError;
use super::iter::{Batches, options};
use super::parameters::ImageRecordParameters;

pub(crate) use label::Label;
pub use parameters::{DetectionParameters, EmitMode, ResizeMode};
pub use rows::DetectionRows;

/// Batches of pictures and boxes from a `.rec` file, as MXNet's `ImageDetRecordIter` gives them.
///
/// The label of a picture is `[channels, rows, columns, n, the n numbers of its label, -1 …]`. Boxes are shares of what is left of the
/// picture, and boxes that are mostly cut off are left out. Of `ImageRecordParameters` these count: the paths, `data_shape`, `batch_size`,
/// `resize`, `shuffle`, `mirror`, means, deviations and `scale`, `preprocess_threads`, `prefetch_buffer`, parts, `round_batch`, the seeds,
/// `dtype`, `inter_method`, `fill_value`, `skip_damaged` and `max_pixels`.
#[derive(Debug)]
pub struct ImageDetRecordIter {
    engine: Arc<Engine<DetectionRows>>,
}

impl ImageDetRecordIter {
    /// Opens the files, looks for the longest label and starts the threads.
    ///
    /// # Errors
    /// A parameter makes no sense, or a file can't be read.
    pub fn new(parameters: ImageRecordParameters, detection: DetectionParameters) -> Result<Self, OpenError> {
        let options = options(&parameters);
        Ok(Self { engine: Engine::new(DetectionRows::open(parameters, detection)?, &options)? })
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.engine.order.batches(0)
    }

    /// How many numbers the label of each picture has.
    #[must_use]
    pub fn label_width(&self) -> usize {
        self.engine.assembly.label_width()
    }

    /// The batches of an epoch, in order, made ahead on threads.
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> Batches<DetectionRows> {
        Batches(Epoch::start(&self.engine, epoch))
    }
}
