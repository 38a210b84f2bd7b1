//! What comes in and what goes out, by the request's own headers.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{self, Header},
};

use crate::http::error::{ApiError, Result};

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Polygons with classes and confidence.
    Json,
    /// The class of each pixel, as a PNG with the classes' colours as its palette.
    Mask,
    /// The probability of each pixel's class, as a gray PNG.
    Confidence,
    /// All classes' probabilities on the model's own grid, as an array of NumPy.
    Probabilities,
}

const FORMS: &str = "application/json, image/png, 'image/png; of=confidence' and application/x-npy";
const PICTURES: &str = "image/jpeg, image/png, image/webp, image/bmp, image/tiff, application/x-image and application/octet-stream";

impl Form {
    /// The form that the client likes best of those there are; JSON if it doesn't care.
    ///
    /// # Errors
    /// It wants none of them, or its header can't be read.
    pub fn of(req: &HttpRequest) -> Result<Self> {
        if !req.headers().contains_key(header::ACCEPT) {
            return Ok(Self::Json);
        }
        let wanted = header::Accept::parse(req).map_err(|_| ApiError::BadRequest("the Accept header can't be read".into()))?;
        let form = |mime: mime_guess::Mime| match (mime.essence_str(), mime.get_param("of").map(|of| of.as_str().to_owned()).as_deref()) {
            ("application/json" | "application/*" | "*/*", _) => Some(Self::Json),
            ("image/png" | "image/*", None | Some("mask")) => Some(Self::Mask),
            ("image/png", Some("confidence")) => Some(Self::Confidence),
            ("application/x-npy", _) => Some(Self::Probabilities),
            _ => None,
        };
        wanted.ranked().into_iter().find_map(form).ok_or(ApiError::NotAcceptable(FORMS))
    }

    /// The content type of an answer.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Mask => "image/png",
            Self::Confidence => "image/png; of=confidence",
            Self::Probabilities => "application/x-npy",
        }
    }
}

/// One picture as the body, or several as a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Picture,
    Several,
}

impl Body {
    /// What a request says that it sends. Which kind of picture it is really is told from its bytes.
    ///
    /// # Errors
    /// It is neither a picture nor a form of pictures.
    pub fn of(req: &HttpRequest) -> Result<Self> {
        match req.content_type().to_ascii_lowercase().as_str() {
            "" | "application/octet-stream" | "application/x-image" => Ok(Self::Picture),
            "image/jpeg" | "image/jpg" | "image/png" | "image/webp" | "image/bmp" | "image/tiff" => Ok(Self::Picture),
            "multipart/form-data" => Ok(Self::Several),
            other => Err(ApiError::UnsupportedMedia(format!(
                "'{other}' is not taken: send a picture as {PICTURES}, or several as multipart/form-data"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn form(accept: &str) -> Option<Form> {
        Form::of(&TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request()).ok()
    }

    #[test]
    fn the_form_liked_best_is_chosen() {
        assert_eq!(Form::of(&TestRequest::default().to_http_request()).unwrap(), Form::Json);
        for (accept, expected) in [
            ("*/*", Some(Form::Json)),
            ("image/png", Some(Form::Mask)),
            ("image/png; of=confidence", Some(Form::Confidence)),
            ("image/png;of=nonsense", None),
            ("image/webp, image/*;q=0.8", Some(Form::Mask)),
            ("application/json;q=0.2, application/x-npy", Some(Form::Probabilities)),
            ("text/html, application/json;q=0.1", Some(Form::Json)),
            ("text/csv", None),
        ] {
            assert_eq!(form(accept), expected, "{accept}");
        }
    }

    #[test]
    fn pictures_and_forms_of_them_are_taken() {
        let body = |kind: &str| Body::of(&TestRequest::default().insert_header((header::CONTENT_TYPE, kind)).to_http_request()).ok();
        assert_eq!(body("image/jpeg"), Some(Body::Picture));
        assert_eq!(body("IMAGE/PNG; x=1"), Some(Body::Picture));
        assert_eq!(body("multipart/form-data; boundary=x"), Some(Body::Several));
        assert_eq!((body("application/json"), body("application/x-www-form-urlencoded")), (None, None));
    }
}
