//! The iterators over pictures with numbers, and over pictures with masks.

use std::path::Path;
use std::sync::Arc;

use crate::loader::{Assembly, Engine, Epoch, LastBatch, LoadError, LoaderOptions, OnFailure, Shard};

use super::batch::ImageBatch;
use super::error::{OpenError, RecordProblem};
use super::parameters::ImageRecordParameters;
use super::rows::Rows;

/// Why a batch of records can't be had.
pub type RecordLoadError = LoadError<RecordProblem>;

pub(super) fn options(parameters: &ImageRecordParameters) -> LoaderOptions {
    LoaderOptions {
        batch_size: parameters.batch_size,
        shuffle: parameters.shuffle.then_some(parameters.seed),
        last_batch: if parameters.round_batch { LastBatch::Wrap } else { LastBatch::Keep },
        // The part was cut out of the file before.
        shard: Shard::WHOLE,
        on_failure: if parameters.skip_damaged { OnFailure::Skip } else { OnFailure::Fail },
        threads: parameters.preprocess_threads,
        prefetch: parameters.prefetch_buffer,
    }
}

/// Batches of pictures and their labels from a `.rec` file, with MXNet's parameters.
///
/// ```no_run
/// use labelwright_data::{ImageRecordIter, ImageRecordParameters};
///
/// let train = ImageRecordIter::new(ImageRecordParameters {
///     path_imgrec: "train.rec".into(),
///     path_imgidx: Some("train.idx".into()),
///     data_shape: [3, 224, 224],
///     batch_size: 32,
///     resize: 256,
///     rand_crop: true,
///     rand_mirror: true,
///     shuffle: true,
///     ..ImageRecordParameters::default()
/// })?;
/// for epoch in 0..50 {
///     for batch in train.epoch(epoch) {
///         let batch = batch?;
///         assert_eq!(batch.shape, [32, 3, 224, 224]);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ImageRecordIter {
    engine: Arc<Engine<Rows>>,
}

impl ImageRecordIter {
    /// Opens the files and starts the threads.
    ///
    /// # Errors
    /// A parameter makes no sense, or a file can't be read.
    pub fn new(parameters: ImageRecordParameters) -> Result<Self, OpenError> {
        let options = options(&parameters);
        Ok(Self { engine: Engine::new(Rows::open(parameters, None)?, &options)? })
    }

    /// How many records the part has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.engine.assembly.len()
    }

    /// Whether there are none, which can't be: such a part is not opened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.engine.order.batches(0)
    }

    /// The bytes of decoded pictures that are kept in memory.
    #[must_use]
    pub fn cached_bytes(&self) -> usize {
        self.engine.assembly.cached_bytes()
    }

    /// The batches of an epoch, in order, made ahead on threads. Epochs may be asked for in any order, and again.
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> Batches<Rows> {
        Batches(Epoch::start(&self.engine, epoch))
    }
}

/// As [`ImageRecordIter`], with masks from a second `.rec` file whose records have the pictures' ids.
///
/// Masks follow every change of place: each pixel gets the class of the pixel under its centre, and void (255) where the picture does not
/// reach.
#[derive(Debug)]
pub struct SegmentationRecordIter {
    engine: Arc<Engine<Rows>>,
}

impl SegmentationRecordIter {
    /// Opens the files and starts the threads.
    ///
    /// # Errors
    /// A parameter makes no sense, or a file can't be read.
    pub fn new(parameters: ImageRecordParameters, path_maskrec: &Path) -> Result<Self, OpenError> {
        let options = options(&parameters);
        Ok(Self { engine: Engine::new(Rows::open(parameters, Some(path_maskrec))?, &options)? })
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.engine.order.batches(0)
    }

    /// The batches of an epoch, as [`ImageRecordIter::epoch`].
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> Batches<Rows> {
        Batches(Epoch::start(&self.engine, epoch))
    }
}

/// The batches of one epoch.
#[derive(Debug)]
pub struct Batches<A: Assembly>(pub(super) Epoch<A>);

impl<A: Assembly<Batch = ImageBatch, Error = RecordProblem>> Iterator for Batches<A> {
    type Item = Result<ImageBatch, RecordLoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let loaded = self.0.next()?;
        Some(loaded.map(|mut loaded| {
            loaded.batch.skipped = loaded.skipped;
            loaded.batch
        }))
    }
}
