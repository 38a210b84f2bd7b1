//! Helpers of the tests: a real server on port 0 with a fresh database, and people who use it.

pub mod app;
pub mod db;
pub mod model;
pub mod person;
pub mod pictures;

/// One test body, two tests: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$m:meta])* async fn $name:ident($app:ident: &App) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test uses all that its file imports")]
            use super::*;
            async fn body($app: &$crate::app::App) $body

            $(#[$m])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let app = $crate::app::App::sqlite().await;
                body(&app).await;
                app.stop().await;
            }

            $(#[$m])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let app = $crate::app::App::postgres().await;
                body(&app).await;
                app.stop().await;
            }
        }
    )+};
}
