//! Sets and transformations from outside, with files made here.

mod alignment;
mod chains;
mod folders;
mod formats;
mod mixing;
mod pillow;
mod records;
mod support;
mod views;
