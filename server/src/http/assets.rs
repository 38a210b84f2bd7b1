//! Own scripts, styles, icons and fonts.

use actix_web::{HttpRequest, HttpResponse, http::header, web};

/// A file of `static/`; the built ones have a hash in their name and are kept for ever.
pub async fn file(req: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let accepted = req.headers().get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Some((file, compressed)) = labelwright_ui::file(&path, accepted.contains("br")) else { return HttpResponse::NotFound().finish() };
    let mut out = HttpResponse::Ok();
    out.content_type(mime_guess::from_path(&*path).first_or_octet_stream().as_ref());
    out.insert_header((header::VARY, "Accept-Encoding"));
    let versioned = path.starts_with("build/") || req.query_string().starts_with("v=");
    let cache = if versioned { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    out.insert_header((header::CACHE_CONTROL, cache));
    // An explicit encoding also tells the compression middleware to leave the body alone.
    out.insert_header((header::CONTENT_ENCODING, if compressed { "br" } else { "identity" }));
    out.body(file.data.into_owned())
}
