//! Training whole networks, as a recipe: data → transformations → model → loss → optimizer → schedule → metrics → checkpoint.
//!
//! [`fit()`] is the loop. The same data, recipe and seed give the same weights on the same machine, also when training was stopped and gone on
//! with: what is random in a step is drawn from the seed and the step's number.

mod checkpoint;
mod evaluate;
mod fit;
mod journal;
mod loss;
mod optimizer;
mod rate_finder;
mod recipe;
mod schedule;

use std::{
    io,
    path::{Path, PathBuf},
};

use labelwright_data::{loader::OptionsError, source::ItemError, transform::ChainError};

pub use checkpoint::{Checkpoint, Position, replace};
pub use evaluate::evaluate;
pub use fit::{Data, Event, Fitted, fit};
pub use journal::EpochFigures;
pub use loss::{Loss, Ohem, Truth};
pub use optimizer::{Accumulated, Optimizer, Rule, numbered};
pub use rate_finder::{RateTrial, find_rate};
pub use recipe::Recipe;
pub use schedule::{Schedule, WarmUp};

use crate::weights::WeightsError;

/// Why training ended without a result. What was best until then is kept in the folder.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    #[error("the {0} set is empty; add labeled images, or change how they are divided")]
    Empty(&'static str),
    #[error("no pixel of the training images has class {class}; label some, or train with fewer classes (only {seen:?} are there)")]
    Unseen { class: u8, seen: Vec<u8> },
    #[error("the mask of '{id}' has class {class}, but the network tells {classes} classes apart, numbered from 0; set 'classes' to {} or more", u32::from(*.class) + 1)]
    ForeignClass { class: u8, classes: usize, id: String },
    #[error("the setting {0} is out of range")]
    Setting(&'static str),
    #[error("the transformation can't be used: {0}")]
    Chain(#[from] ChainError),
    #[error("the transformation does not fix the size of its pictures; let it end with a crop or a resize")]
    Size,
    #[error("{0}")]
    Item(#[from] ItemError),
    #[error("a batch can't be loaded: {0}")]
    Load(String),
    #[error("{0}")]
    Loader(#[from] OptionsError),
    #[error(
        "the loss stopped being a number at step {step}; the checkpoint of epoch {epoch} was kept: train with a smaller learning rate, a warm-up, or clipped gradients"
    )]
    Diverged { step: usize, epoch: usize },
    #[error("training was stopped; it goes on from epoch {epoch} when it is started again")]
    Stopped { epoch: usize },
    #[error("the folder holds the training of another recipe; choose another folder, or empty it")]
    OtherRecipe,
    #[error("the checkpoint can't be used: {0}; remove it to begin anew")]
    Checkpoint(String),
    #[error("{} can't be written or read: {error}; what was there before is kept", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{0}")]
    Weights(#[from] WeightsError),
    #[error("the device failed: {0}; the last checkpoint was kept: try a smaller batch, or the CPU")]
    Device(String),
}

impl FitError {
    fn file(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |error| Self::File { path: path.to_owned(), error }
    }
}
