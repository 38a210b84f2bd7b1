//! Searching for good settings of anything that can be tried and scored: grid, random, Bayesian, Hyperband.
//!
//! This crate knows no burn and no database: it proposes trials and is told what came out. A [`Space`] says which settings there are, a
//! strategy proposes [`Settings`] from what earlier trials taught, and a stopping rule ends trials that are not worth their time.

pub mod bayes;
pub mod grid;
mod plan;
pub mod random;
pub mod space;
pub mod stopping;

pub use plan::{Plan, PlanError, Slice, Strategy, best};
pub use space::{Domain, Parameter, Scale, Settings, Space, SpaceError, Value};
pub use stopping::Stopping;
