//! Batches made on threads ahead of whoever asks for them, in order, in bounded memory.
//!
//! [`DataLoader`] puts a [`Source`] of items and a [`Batcher`] together. Which items make up which batch of an epoch, an [`Order`] says
//! beforehand by seed, epoch, shard and the rule for the last batch, so it doesn't depend on threads.

mod assembly;
mod cache;
mod epoch;
mod error;
mod items;
mod options;
mod order;
mod scratch;

pub(crate) use assembly::Engine;
pub use assembly::{Assembly, Filled};
pub use cache::Cache;
pub use epoch::{Epoch, Loaded};
pub use error::{LoadError, OptionsError};
pub use items::{Batcher, DataLoader, Items, NotLoaded, Source};
pub use options::{LoaderOptions, OnFailure};
pub use order::{LastBatch, Order, Pick, Shard};
pub(crate) use scratch::Scratch;
