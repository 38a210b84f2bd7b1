//! The page that holds the editor.

use askama::Template;

/// `GET /projects/{p}/label`. The editor fills the page by itself and asks the API for its task.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "editor.html")]
pub struct EditorPage {
    pub project_id: String,
    pub project_name: String,
    /// A task to open instead of the next one in the queue.
    pub task: Option<String>,
    /// Where the way back leads, usually the project.
    pub back: String,
}
