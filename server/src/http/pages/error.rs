//! What a browser sees when a page can't be shown.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, HeaderValue},
    },
    middleware::Next,
};
use labelwright_ui::{Layout, UserChip, links::query, pages::ErrorPage};
use tracing_actix_web::RequestId;

use super::{html, see_other};
use crate::{
    http::{auth, error::ApiError},
    store::Millis,
};

/// Answers for addresses that lead nowhere.
///
/// # Errors
/// Always; a browser gets it as a page, everything below `/api` as problem details.
pub async fn missing() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound("page"))
}

/// Turns errors of pages into pages, and strangers to the door. Pages are never cached: they show what one person may see at one moment.
///
/// # Errors
/// Whatever the rest of the chain fails with.
pub async fn frame(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(req).await?;
    let of_api = response.request().path().starts_with("/api/");
    let instead = match response.response().error() {
        Some(error) if !of_api => Some(explain(response.request(), error)),
        _ => None,
    };
    let mut response = match instead {
        Some(page) => response.into_response(page).map_into_right_body(),
        None => response.map_into_left_body(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn explain(req: &HttpRequest, error: &actix_web::Error) -> HttpResponse {
    let known = error.as_error::<ApiError>();
    if let Some(ApiError::SignedOut) = known {
        return see_other(&door(req));
    }
    let status = error.as_response_error().status_code();
    // Only somebody who was signed in gets as far as any other error; without the cookie it is a public page.
    let user = req.cookie(auth::COOKIE).map(|_| UserChip::default());
    let mut page = ErrorPage::new(Layout { user, now_ms: Millis::now().0, ..Layout::default() }, status.as_u16());
    if let Some(error) = known {
        let problem = error.problem();
        page.detail = sentence(&problem.detail);
        page.kept = problem.kept.unwrap_or_default();
        page.action = problem.action.unwrap_or_default();
    }
    if status.is_server_error() {
        page.request_id = req.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    }
    let mut answer = html(&page).unwrap_or_else(|_| HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR));
    *answer.status_mut() = status;
    answer
}

/// The address of the sign-in page that leads back here afterwards. A form that was sent can't be sent again, so it does not.
fn door(req: &HttpRequest) -> String {
    let back = req.uri().path_and_query().map_or("/", |path| path.as_str());
    if req.method() != Method::GET || back == "/projects" {
        return "/sign-in".to_owned();
    }
    format!("/sign-in{}", query(&[("next", back)]))
}

/// An error's text with a capital and a full stop.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str())
}
