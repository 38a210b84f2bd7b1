//! A model asked about any picture, and how programs ask it.

use crate::{Layout, parts::ImageCard};
use askama::Template;

/// `GET /projects/{p}/try`. The page's script asks the API and draws what it says.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "try_it.html")]
pub struct TryItPage {
    pub layout: Layout,
    /// The model that answers; without one there is nothing to try.
    pub model: Option<ModelInUse>,
    /// A few images of the project, for whoever has no picture at hand.
    pub images: Vec<ImageCard>,
    pub can_manage: bool,
}

/// The project's current model in short.
#[derive(Clone, Debug, Default)]
pub struct ModelInUse {
    pub version: u32,
    pub created_ms: i64,
    /// Images that it learned from.
    pub labels: u64,
    /// On the held-out images, 0 to 1.
    pub miou: Option<f64>,
    /// The confidence from which on its labels are accepted.
    pub threshold: Option<f64>,
}
