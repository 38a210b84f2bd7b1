//! What people see: the server-rendered pages, their view models, and every file the browser asks for.
//!
//! A handler fills one of the structs in [`pages`] with owned values and calls `render()` (from [`askama::Template`]). View models hold raw
//! numbers; how a number is written is decided once, in [`format`](mod@format) and in methods here, so that all pages say the same thing
//! the same way. Pages carry no inline script and no style attributes: the content security policy forbids both.

pub mod assets;
pub mod charts;
pub mod format;
pub mod layout;
pub mod links;
pub mod pages;
pub mod parts;
mod progress;

pub use askama::Template;
pub use assets::{asset, file, icon, static_url};
pub use layout::{Layout, Notice, ProjectNav, Section, UserChip};
