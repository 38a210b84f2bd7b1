//! The files a dataset is read from and written to; one module a format, and a [registry] of them all.
//!
//! Writers take items one by one and hold at most one of them in memory. The same items in the same order give the same
//! bytes, on every machine.

pub mod camvid;
pub mod cityscapes;
pub mod classes;
pub mod coco;
pub mod cvat;
pub mod datumaro;
pub mod label_studio;
pub mod labelme;
pub mod manifest;
pub mod png_masks;
pub mod record_sets;
pub mod recordio;
pub mod registry;
mod support;
pub mod voc;
pub mod yolo;
