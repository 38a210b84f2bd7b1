//! Refuses changes that another site made a browser ask for, and sets the headers that keep pages safe.

use actix_web::{
    HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use super::error::Problem;

/// A change must come from our own pages: `Sec-Fetch-Site`, or else `Origin`, says so. A request with neither header is not from a browser.
/// This is the rule that Go's `CrossOriginProtection` uses; together with `SameSite` cookies no tokens are needed.
///
/// # Errors
/// Whatever the rest of the chain fails with.
pub async fn same_origin(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let safe = matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_origin(&req) {
        return next.call(req).await.map(ServiceResponse::map_into_left_body);
    }
    let refused = HttpResponse::Forbidden().content_type("application/problem+json").json(Problem {
        status: 403,
        title: "Forbidden".into(),
        detail: "this change was asked for by another site".into(),
        kept: Some("Nothing was changed.".into()),
        action: Some("Use Labelwright's own pages.".into()),
        kind: None,
    });
    Ok(req.into_response(refused).map_into_right_body())
}

fn is_same_origin(req: &ServiceRequest) -> bool {
    let header = |name| req.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = header(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match header(header::ORIGIN) {
        None => true,
        Some(origin) => origin.split_once("://").is_some_and(|(_, host)| host == req.connection_info().host()),
    }
}

/// No inline script, no inline style, nothing from elsewhere, no framing, no guessing of content types.
///
/// # Errors
/// Whatever the rest of the chain fails with.
pub async fn safe_headers(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    const HEADERS: [(&str, &str); 5] = [
        (
            "content-security-policy",
            "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; worker-src 'self' blob:; \
             connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    let mut response = next.call(req).await?;
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(response)
}
