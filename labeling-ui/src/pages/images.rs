//! A project's images as a grid.

use crate::{Layout, parts::ImageCard};
use askama::Template;

/// `GET /projects/{p}/images?state=&subset=&source=&q=&after=`. All filters are optional and combine.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "images.html")]
pub struct ImagesPage {
    pub layout: Layout,
    pub images: Vec<ImageCard>,
    /// Filters in force; empty means all. `state` as in [`ImageCard::state`], `subset`, `source` `people` or `machine`, `q` part of a name.
    pub state: String,
    pub subset: String,
    pub source: String,
    pub q: String,
    /// Images that match the filters; `None` when counting them is not worth it.
    pub total: Option<u64>,
    /// This page's own cursor; empty on the first page.
    pub after: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Shows the place to drop new images.
    pub can_upload: bool,
}
