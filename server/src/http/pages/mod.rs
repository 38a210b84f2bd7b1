//! The server-rendered pages. [`ROUTES`] is the whole list of them; what is not in it is not served.

mod editor;
mod entry;
mod error;
mod exports;
mod image;
mod images;
mod models;
mod new_project;
mod overview;
mod people;
mod projects;
mod settings;
mod system;
mod tokens;
mod try_it;
mod tuning;
mod view;
mod visit;
mod work;

#[cfg(test)]
mod tests;

use actix_web::{HttpResponse, guard, middleware::from_fn, web};
use labelwright_ui::Template;

use super::error::{ApiError, Result};
use crate::{flow::FlowError, store::Role};

pub use error::missing;

/// How a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Looks, and changes nothing.
    Get,
    /// A form was sent.
    Post,
}

/// Who may ask for a page. The extractors [`visit::Visit`] and [`visit::Member`] read it from the route and refuse everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Public,
    SignedIn,
    Admin,
    /// At least this role in the project that the path names.
    Member(Role),
}

/// A page.
pub struct Route {
    pub verb: Verb,
    /// Pattern of the path, as in `/projects/{project}`.
    pub path: &'static str,
    pub needs: Needs,
    handler: fn() -> actix_web::Route,
}

/// Lists the routes; each line is verb, path, who may, and the function that answers.
macro_rules! routes {
    ($($verb:ident $path:literal $needs:expr => $handler:path;)+) => {
        /// Every page, in the order of the site.
        pub static ROUTES: &[Route] =
            &[$(Route { verb: Verb::$verb, path: $path, needs: $needs, handler: || web::to($handler) }),+];
    };
}

const VIEWER: Needs = Needs::Member(Role::Viewer);
const ANNOTATOR: Needs = Needs::Member(Role::Annotator);
const REVIEWER: Needs = Needs::Member(Role::Reviewer);

routes! {
    Get  "/"                                          Needs::Public   => entry::root;
    Get  "/sign-in"                                   Needs::Public   => entry::sign_in_form;
    Post "/sign-in"                                   Needs::Public   => entry::sign_in;
    Post "/sign-out"                                  Needs::Public   => entry::sign_out;
    Get  "/welcome/{token}"                           Needs::Public   => entry::welcome_form;
    Post "/welcome/{token}"                           Needs::Public   => entry::welcome;
    Get  "/projects"                                  Needs::SignedIn => projects::page;
    Get  "/projects/new"                              Needs::SignedIn => new_project::form;
    Post "/projects/new"                              Needs::SignedIn => new_project::create;
    Get  "/projects/{project}"                        VIEWER          => overview::page;
    Get  "/projects/{project}/images"                 VIEWER          => images::page;
    Get  "/projects/{project}/images/{image}"         VIEWER          => image::page;
    Post "/projects/{project}/images/{image}/adjust"  REVIEWER        => image::adjust;
    Get  "/projects/{project}/work"                   REVIEWER        => work::page;
    Get  "/projects/{project}/models"                 VIEWER          => models::page;
    Get  "/projects/{project}/try"                    VIEWER          => try_it::page;
    Get  "/projects/{project}/tuning"                 VIEWER          => tuning::list;
    Get  "/projects/{project}/tuning/{tuning}"        VIEWER          => tuning::page;
    Get  "/projects/{project}/exports"                VIEWER          => exports::page;
    Get  "/projects/{project}/settings"               VIEWER          => settings::page;
    Get  "/projects/{project}/label"                  ANNOTATOR       => editor::page;
    Get  "/tokens"                                    Needs::SignedIn => tokens::page;
    Get  "/people"                                    Needs::Admin    => people::page;
    Get  "/system"                                    Needs::Admin    => system::page;
}

/// Largest form in bytes: instructions of the greatest length, percent-encoded.
const MAX_FORM: usize = 1 << 20;

/// Serves [`ROUTES`], and an answer to whatever else is asked for.
pub fn configure(config: &mut web::ServiceConfig) {
    system::started();
    let unreadable = web::FormConfig::default()
        .limit(MAX_FORM)
        .error_handler(|e, _| ApiError::BadRequest(format!("the form can't be read: {e}")).into());
    let pages = web::scope("").wrap(from_fn(error::frame)).app_data(unreadable).configure(|config| {
        for route in ROUTES {
            let resource = web::resource(route.path).app_data(route.needs).route((route.handler)());
            config.service(match route.verb {
                Verb::Get => resource.guard(guard::Any(guard::Get()).or(guard::Head())),
                Verb::Post => resource.guard(guard::Post()),
            });
        }
    });
    config.service(pages).default_service(web::to(missing));
}

/// A page as the answer.
fn html(page: &impl Template) -> Result<HttpResponse> {
    let text = page.render().map_err(|error| {
        tracing::error!(%error, "a page can't be rendered");
        ApiError::Flow(FlowError::Aborted)
    })?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(text))
}

/// Sends the browser to another page, with `GET`.
fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((actix_web::http::header::LOCATION, path)).finish()
}
