//! One module a page: its view model, ready for a handler to fill.

pub mod editor;
pub mod error;
pub mod exports;
pub mod image;
pub mod images;
pub mod models;
pub mod new_project;
pub mod overview;
pub mod people;
pub mod projects;
pub mod settings;
pub mod sign_in;
pub mod system;
pub mod tokens;
pub mod try_it;
pub mod tuning;
pub mod welcome;
pub mod work;

pub use editor::EditorPage;
pub use error::ErrorPage;
pub use exports::ExportsPage;
pub use image::ImagePage;
pub use images::ImagesPage;
pub use models::ModelsPage;
pub use new_project::NewProjectPage;
pub use overview::OverviewPage;
pub use people::PeoplePage;
pub use projects::ProjectsPage;
pub use settings::SettingsPage;
pub use sign_in::SignInPage;
pub use system::SystemPage;
pub use tokens::TokensPage;
pub use try_it::TryItPage;
pub use tuning::{TuningPage, TuningsPage};
pub use welcome::WelcomePage;
pub use work::WorkPage;
