//! What several formats need.

mod answers;
mod base64;
mod colors;
mod elements;
mod files;
mod masks;
mod named;
mod objects;
mod outline;
mod painted;
mod picture;
mod pieces;
mod places;
mod subsets;
mod time;
mod turned;
mod values;

pub(crate) use answers::{answers_of, common_answers};
pub(crate) use base64::decode_base64;
pub(crate) use colors::{class_named, rgb, usable};
pub(crate) use elements::{Elements, Mark, Place};
pub(crate) use files::{MAX_MASK_FILE, MAX_TEXT, Pictures, is_picture, read_text, read_whole, resume, settings};
pub(crate) use masks::{shapes_of_pixels, thing_key};
pub(crate) use named::{NamesFound, by_name, schema_of};
pub(crate) use objects::{bounds_of, check, count_unsaid, extent, is_area, is_crowd, is_thing, objects};
pub(crate) use outline::{disjoint, outline, seamed};
pub(crate) use painted::{Painted, thing_numbers};
pub(crate) use picture::{picture_size, size_of};
pub(crate) use pieces::{Piece, Place as PiecePlace, Read, numbered, pieces};
pub(crate) use places::{locate, path_of};
pub(crate) use subsets::{in_folder, split_folder, subset_named, word_of};
pub(crate) use time::{format_time, parse_time};
pub(crate) use turned::{oval, turned_box};
pub(crate) use values::Values;
