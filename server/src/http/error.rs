//! What a handler can fail with, and what the client sees of it (RFC 9457 problem details).

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    blobs::BlobError,
    flow::{FlowError, revisions::Newer},
    media::MediaError,
    store,
};

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("nobody is signed in, or the sign-in has ended")]
    SignedOut,
    #[error("login or password is wrong")]
    WrongPassword,
    #[error("too many sign-in attempts for this login")]
    TooManyAttempts,
    #[error("your role in this project does not allow that")]
    Forbidden,
    #[error("this token may only ask models")]
    LimitedToken,
    #[error("there is no such {0}, or it is not yours to see")]
    NotFound(&'static str),
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    TooLarge(String),
    #[error("{0}")]
    UnsupportedMedia(String),
    #[error("the answer can be {0}")]
    NotAcceptable(&'static str),
    /// A picture that was only to be looked at.
    #[error(transparent)]
    Picture(MediaError),
    #[error(transparent)]
    Flow(#[from] FlowError),
}

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        Self::Flow(error.into())
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        Self::Flow(error.into())
    }
}

/// The body of every error.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    pub status: u16,
    pub title: String,
    /// What happened.
    pub detail: String,
    /// What was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Tells what programs treat apart; `revision-conflict` has the fields of the newer revision beside it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What is said of newer work beside the problem.
#[derive(Serialize)]
struct Conflict<'a> {
    #[serde(flatten)]
    problem: Problem,
    #[serde(flatten)]
    newer: &'a Newer,
}

const NOTHING_CHANGED: &str = "Nothing was changed.";

impl ApiError {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let status = self.status_code();
        let (detail, kept, action) = match self {
            Self::SignedOut => (self.to_string(), "Your work in the editor is kept on this computer.", "Sign in again."),
            Self::WrongPassword => (self.to_string(), "", "Try again, or ask an admin for a new one-time link."),
            Self::TooManyAttempts => (self.to_string(), "", "Wait a minute, then try again."),
            Self::Forbidden => (self.to_string(), NOTHING_CHANGED, "Ask a manager of the project for the role you need."),
            Self::LimitedToken => (self.to_string(), NOTHING_CHANGED, "Use a token of scope 'all', which its owner can make."),
            Self::NotFound(_) => (self.to_string(), NOTHING_CHANGED, "Check the address; it may have been deleted."),
            Self::BadRequest(_) => (self.to_string(), NOTHING_CHANGED, "Correct the request and send it again."),
            Self::Conflict(_) => (self.to_string(), NOTHING_CHANGED, "Load the page again to see how things stand."),
            Self::TooLarge(_) => (self.to_string(), NOTHING_CHANGED, "Send less at once."),
            Self::UnsupportedMedia(_) => (self.to_string(), "", "Say what is sent in the header Content-Type."),
            Self::NotAcceptable(_) => (self.to_string(), "", "Ask for one of these in the header Accept."),
            Self::Picture(_) => (self.to_string(), "", "Send another picture."),
            Self::Flow(error) => return Problem { kind: kind(self).map(str::to_owned), ..flow_problem(status, error) },
        };
        problem(status, detail, kept, action)
    }
}

fn flow_problem(status: StatusCode, error: &FlowError) -> Problem {
    use store::Error as Db;
    let (detail, kept, action) = match error {
        FlowError::LeaseLost { kept: true } => (
            error.to_string(),
            "Your shapes were kept as a draft of this task.",
            "Open the next task; if this one comes back to you, the draft is there.",
        ),
        FlowError::LeaseLost { kept: false } => (error.to_string(), NOTHING_CHANGED, "Open the next task."),
        FlowError::NotFound(_) => (error.to_string(), NOTHING_CHANGED, "Check the address; it may have been deleted."),
        FlowError::Invalid(_) => (
            error.to_string(),
            "Nothing was stored on the server; your work in the editor is kept.",
            "Mend the shape that is named and submit again.",
        ),
        FlowError::Conflict(_) => (error.to_string(), NOTHING_CHANGED, "Load the page again to see how things stand."),
        FlowError::Newer(_) => {
            (error.to_string(), "Both are kept: the newer one on the server, yours in the editor.", "Choose which one goes on.")
        }
        FlowError::NoModel => (error.to_string(), "", "Label some images and train the first model; it answers from then on."),
        FlowError::Full => (error.to_string(), "Nothing of this request was begun.", "Send it again in a second."),
        FlowError::Work(_) => (
            "the model failed over this picture".to_owned(),
            "",
            "Try another picture; if it stays, tell whoever runs the server. The log has the details.",
        ),
        FlowError::Media(_) => (error.to_string(), NOTHING_CHANGED, "Send another file."),
        FlowError::Store(Db::DiskFull) | FlowError::Blob(BlobError::DiskFull) => (
            "the disk of the server is full".to_owned(),
            "Everything that was acknowledged before is kept; this request was not stored.",
            "Tell whoever runs the server to make room, then send it again.",
        ),
        FlowError::Store(Db::Busy) => (
            "the database is busy".to_owned(),
            "This request was not stored; your work in the editor is kept.",
            "Send it again in a moment.",
        ),
        FlowError::Store(Db::Gone(_)) => (
            "the database does not answer".to_owned(),
            "This request was not stored; your work in the editor is kept.",
            "Send it again in a moment; if it stays, tell whoever runs the server.",
        ),
        FlowError::Store(Db::Constraint(what)) => {
            (format!("this clashes with something that exists ({what})"), NOTHING_CHANGED, "Load the page again to see how things stand.")
        }
        FlowError::Store(_) | FlowError::Blob(_) | FlowError::Aborted => (
            "something went wrong on the server".to_owned(),
            "This request was not stored; what was acknowledged before is kept.",
            "Try again; if it stays, tell whoever runs the server. The log has the details.",
        ),
    };
    problem(status, detail, kept, action)
}

fn problem(status: StatusCode, detail: String, kept: &str, action: &str) -> Problem {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Problem {
        status: status.as_u16(),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        detail,
        kept: some(kept),
        action: some(action),
        kind: None,
    }
}

/// What programs tell apart by the problem's type.
fn kind(error: &ApiError) -> Option<&'static str> {
    Some(match error {
        ApiError::Flow(FlowError::Newer(_)) => "revision-conflict",
        ApiError::Flow(FlowError::NoModel) => "no-model",
        ApiError::Flow(FlowError::Full) => "queue-full",
        _ => return None,
    })
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        use store::Error as Db;
        match self {
            Self::SignedOut | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden | Self::LimitedToken => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) | Self::Picture(MediaError::TooManyBytes { .. } | MediaError::TooManyPixels { .. }) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::UnsupportedMedia(_) | Self::Picture(MediaError::UnknownType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::Picture(MediaError::Empty | MediaError::Damaged(_)) => StatusCode::BAD_REQUEST,
            Self::Flow(error) => match error {
                FlowError::NotFound(_) => StatusCode::NOT_FOUND,
                FlowError::Conflict(_)
                | FlowError::NoModel
                | FlowError::LeaseLost { .. }
                | FlowError::Newer(_)
                | FlowError::Store(Db::Constraint(_)) => StatusCode::CONFLICT,
                FlowError::Invalid(_) | FlowError::Media(_) => StatusCode::UNPROCESSABLE_ENTITY,
                FlowError::Full | FlowError::Store(Db::Busy | Db::Gone(_)) => StatusCode::SERVICE_UNAVAILABLE,
                FlowError::Store(Db::DiskFull) | FlowError::Blob(BlobError::DiskFull) => StatusCode::INSUFFICIENT_STORAGE,
                FlowError::Store(_) | FlowError::Blob(_) | FlowError::Work(_) | FlowError::Aborted => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn error_response(&self) -> HttpResponse {
        let problem = self.problem();
        // A full queue says so to whoever asks; that is no fault of the server.
        let full = matches!(self, Self::Flow(FlowError::Full));
        if problem.status >= 500 && !full {
            tracing::error!(error = ?self, "a request failed");
        }
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        if full {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        if let Self::Flow(FlowError::Newer(newer)) = self {
            return response.json(Conflict { problem, newer: newer.as_ref() });
        }
        response.json(problem)
    }
}
