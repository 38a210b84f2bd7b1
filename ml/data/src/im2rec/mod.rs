//! What MXNet's `im2rec.py` does: lists of the pictures in a folder, and `.rec` files of the pictures in a list.
//!
//! - [`list`]: walks over a folder, gives each picture a number and a label, shuffles as Python does, and splits into chunks, training and
//!   test ([`write_lists`]). The lists are the same to the byte.
//! - [`picture`]: what becomes of one picture: turned upright, cropped, resized and encoded again, or taken as it is.
//! - [`pack`]: a list into `.rec` and `.idx` on several threads, in the list's order ([`pack_list`]), and pictures with their masks into two
//!   files side by side ([`pack_pairs`]).

mod error;
pub mod list;
pub mod pack;
pub mod picture;

pub use error::{Im2recError, PictureError};
pub use list::{ListOptions, Listed, write_lists};
pub use pack::{Event, MaskPlace, PackOptions, Packed, RecordFile, lists_of, pack_list, pack_pairs};
pub use picture::{ColorMode, Encoding, PictureOptions};
