//! The record iterators from outside, with files that MXNet 1.9.1 wrote and what it made of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

mod damage;
mod detection;
mod files;
mod golden;
mod order;
mod segmentation;
