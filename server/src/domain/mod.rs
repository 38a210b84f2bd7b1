//! Pure rules: what may be done, what follows from what. No I/O; clock, randomness and ids are arguments.

pub mod attributes;
pub mod fusion;
pub mod policy;
pub mod queue;
pub mod tuning;
