//! What is done to samples between a set and a batch.

mod draws;

pub use draws::Draws;
