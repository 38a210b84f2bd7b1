//! The networks and their weights, from outside.

#![allow(clippy::unwrap_used, reason = "a test that fails should stop right there")]
#![recursion_limit = "256"]

mod files;
mod folding;
mod formula;
mod golden;
mod pytorch;
