//! Sets and transformations from outside, with files made here.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

mod alignment;
mod chains;
mod folders;
mod formats;
mod mixing;
mod pillow;
mod records;
mod support;
mod views;
