//! What several formats need.

mod colors;
mod elements;
mod files;
mod masks;
mod objects;
mod outline;
mod painted;
mod picture;
mod subsets;
mod values;

pub(crate) use colors::{class_named, rgb, usable};
pub(crate) use elements::{Elements, Place};
pub(crate) use files::{MAX_MASK_FILE, MAX_TEXT, Pictures, is_picture, read_text, read_whole, resume, settings};
pub(crate) use masks::{shapes_of_pixels, thing_key};
pub(crate) use objects::{bounds_of, check, count_unsaid, is_area, is_crowd, is_thing, objects};
pub(crate) use outline::{disjoint, outline, seamed};
pub(crate) use painted::{Painted, thing_numbers};
pub(crate) use picture::picture_size;
pub(crate) use subsets::{in_folder, split_folder, subset_named, word_of};
pub(crate) use values::Values;
