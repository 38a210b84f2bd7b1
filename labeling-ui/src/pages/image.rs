//! One image: its label, who drew what, and its tasks.

use crate::{
    Layout, format,
    parts::{ClassRow, ImageCard, TaskRow},
};
use askama::Template;

/// `GET /projects/{p}/images/{i}`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "image.html")]
pub struct ImagePage {
    pub layout: Layout,
    pub image: ImageCard,
    pub classes: Vec<ClassRow>,
    /// Newest first.
    pub annotations: Vec<AnnotationRow>,
    pub tasks: Vec<TaskRow>,
    /// Ids of the neighbours in the grid's order.
    pub previous: Option<String>,
    pub following: Option<String>,
    /// Where a form is sent that makes a task to change the label and opens it in the editor; `None` if this person may not.
    pub editor_url: Option<String>,
    /// Shows the buttons that change the queue.
    pub can_manage: bool,
}

/// What one person or model said about the image.
#[derive(Clone, Debug, Default)]
pub struct AnnotationRow {
    pub id: String,
    /// Login of the person, or `model v3`.
    pub by: String,
    pub by_model: bool,
    pub revision: u32,
    pub created_ms: i64,
    /// Time spent drawing.
    pub seconds: Option<f64>,
    pub shapes: u64,
    /// The label follows this one.
    pub in_label: bool,
}

impl ImagePage {
    /// Ids of the tasks that have to go back for the image to be labeled again, with spaces between them; empty if it waits already.
    pub(crate) fn requeue_tasks(&self) -> String {
        let tasks = self.tasks.iter().filter(|task| task.kind == "label" && task.state != "waiting");
        tasks.map(|task| task.id.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl AnnotationRow {
    pub(crate) fn seconds_text(&self) -> String {
        self.seconds.map_or_else(|| "–".into(), format::clock)
    }
}
