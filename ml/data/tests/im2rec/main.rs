//! Lists and record files beside those of MXNet's `im2rec.py`, and what happens to bad input.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

mod damage;
mod labels;
mod lists;
mod pairs;
mod pictures;
mod support;
