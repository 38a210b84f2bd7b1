//! A typed client of the public API, as much of it as the demonstration needs.

use std::time::Duration;

use anyhow::{Context, Result};
use labelwright_dataset::Shape;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// How often a request is sent again when the server says it is busy.
const PATIENCE: u32 = 6;

/// Why a request failed: what was tried, and the server's own words.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error(
        "could not {what}: the server at {base} did not answer ({source}). Nothing was changed by this request; check that the server runs"
    )]
    Unreachable { what: String, base: String, source: reqwest::Error },
    #[error("could not {what}: {} ({status})", problem.text())]
    Refused { what: String, status: StatusCode, problem: Problem },
    #[error("could not {what}: the server's answer can't be read ({source}). The server may be of another version")]
    Unreadable { what: String, source: reqwest::Error },
}

impl ApiError {
    /// The HTTP status, if the server answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Unreachable { .. } | Self::Unreadable { .. } => None,
        }
    }
}

/// An error in the server's words: what happened, what was kept, what to do.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    pub title: String,
    pub detail: String,
    pub kept: Option<Value>,
    pub action: Option<String>,
}

impl Problem {
    fn text(&self) -> String {
        let kept = self.kept.as_ref().map(|kept| format!("kept: {}", kept.as_str().map_or_else(|| kept.to_string(), str::to_owned)));
        let parts = [Some(self.title.clone()), Some(self.detail.clone()), kept, self.action.clone()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Created {
    pub id: Uuid,
}

#[derive(Clone, Debug, Deserialize)]
pub struct UploadItem {
    pub name: String,
    pub outcome: String,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(default)]
    pub next: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ImageRow {
    pub id: Uuid,
    pub name: String,
    #[serde(default)]
    pub label: Option<LabelInfo>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct LabelInfo {
    pub source: String,
    pub status: String,
}

/// A task with everything needed to work on it.
#[derive(Clone, Debug, Deserialize)]
pub struct TaskBundle {
    pub task: TaskInfo,
    pub image: TaskImage,
    #[serde(default)]
    pub shapes: Vec<Shape>,
    #[serde(default)]
    pub suggestions: Vec<Shape>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct TaskInfo {
    pub id: Uuid,
    pub kind: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct TaskImage {
    pub name: String,
}

/// How far a project is; every field counts images.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub images: u64,
    pub people: u64,
    pub machine_provisional: u64,
    pub machine_committed: u64,
    pub disagree: u64,
    pub waiting: u64,
}

/// A trained model; its figures are those that training wrote down.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelInfo {
    pub version: i64,
    pub labels: u64,
    pub train_seconds: f64,
    pub threshold: Option<f64>,
    pub figures: Figures,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Figures {
    pub miou: Option<f64>,
    pub coverage: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Job {
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    #[serde(default)]
    pub progress: Option<f64>,
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub result: Option<Value>,
}

impl Job {
    /// Whether the job is waiting or running.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "running")
    }
}

/// A file that an export wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportFile {
    pub name: String,
    pub bytes: u64,
}

/// The API of one server, as one user sees it.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    /// An API for a bearer token that is already known.
    ///
    /// # Errors
    /// The HTTP client can't be built.
    pub fn with_token(url: &str, token: &str) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().context("could not prepare the HTTP client")?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// Signs in with a password for a bearer token.
    ///
    /// # Errors
    /// The server doesn't answer or refuses the password.
    pub async fn sign_in(url: &str, login: &str, password: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Session {
            token: String,
        }
        let nobody = Self::with_token(url, "")?;
        let body = json!({"login": login, "password": password, "token": true});
        let session: Session = nobody.json(Method::POST, "/session", Some(&body), &format!("sign in as {login}")).await?;
        Self::with_token(url, &session.token)
    }

    pub async fn create_user(&self, login: &str, name: &str, password: &str) -> Result<Created, ApiError> {
        let body = json!({"login": login, "name": name, "password": password});
        self.json(Method::POST, "/users", Some(&body), &format!("create the user {login}")).await
    }

    pub async fn create_project(&self, body: &Value) -> Result<Created, ApiError> {
        self.json(Method::POST, "/projects", Some(body), "create the project").await
    }

    pub async fn add_member(&self, project: Uuid, user: Uuid, role: &str) -> Result<(), ApiError> {
        let path = format!("/projects/{project}/members/{user}");
        self.call(Method::PUT, &path, Some(&json!({"role": role})), "add a member to the project").await.map(drop)
    }

    /// Uploads images in one request.
    pub async fn upload(&self, project: Uuid, files: Vec<(String, Vec<u8>)>) -> Result<Vec<UploadItem>, ApiError> {
        #[derive(Deserialize)]
        struct Items {
            items: Vec<UploadItem>,
        }
        let what = format!("upload {} images", files.len());
        let request = || {
            let form = files
                .iter()
                .fold(Form::new(), |form, (name, bytes)| form.part("files", Part::bytes(bytes.clone()).file_name(name.clone())));
            self.request(Method::POST, &format!("/projects/{project}/images")).multipart(form)
        };
        let items: Items = read(self.send(request, &what).await?, &what).await?;
        Ok(items.items)
    }

    /// All images of a project, page by page.
    pub async fn images(&self, project: Uuid) -> Result<Vec<ImageRow>, ApiError> {
        let mut all = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/projects/{project}/images?limit=200{after}");
            let page: Page<ImageRow> = self.json(Method::GET, &path, None, "list the images").await?;
            all.extend(page.items);
            match page.next {
                Some(next) => after = format!("&after={}", escaped(&next)),
                None => return Ok(all),
            }
        }
    }

    /// The class map of an image's label as PNG.
    pub async fn mask_png(&self, image: Uuid) -> Result<Vec<u8>, ApiError> {
        self.bytes(&format!("/images/{image}/mask.png"), "fetch a label").await
    }

    /// The next task that is not among those `held`; none when there is nothing for this user now.
    pub async fn next_task(&self, project: Uuid, held: &[Uuid]) -> Result<Option<TaskBundle>, ApiError> {
        let what = "fetch the next task";
        let response = self.call(Method::POST, &format!("/projects/{project}/tasks/next"), Some(&json!({"except": held})), what).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        read(response, what).await.map(Some)
    }

    /// Submits an annotation; the key makes sending it again harmless.
    pub async fn submit(&self, task: Uuid, key: Uuid, seconds: f64, shapes: &[Shape]) -> Result<(), ApiError> {
        let body = json!({"key": key, "seconds": seconds, "shapes": shapes});
        self.call(Method::POST, &format!("/tasks/{task}/submit"), Some(&body), "submit an annotation").await.map(drop)
    }

    pub async fn release(&self, task: Uuid) -> Result<(), ApiError> {
        self.call(Method::POST, &format!("/tasks/{task}/release"), None, "give a task back").await.map(drop)
    }

    pub async fn progress(&self, project: Uuid) -> Result<Progress, ApiError> {
        self.json(Method::GET, &format!("/projects/{project}/progress"), None, "read the project's progress").await
    }

    pub async fn models(&self, project: Uuid) -> Result<Vec<ModelInfo>, ApiError> {
        self.json(Method::GET, &format!("/projects/{project}/models"), None, "list the models").await
    }

    pub async fn jobs(&self, project: Uuid) -> Result<Vec<Job>, ApiError> {
        self.json(Method::GET, &format!("/projects/{project}/jobs"), None, "list the jobs").await
    }

    pub async fn start_job(&self, project: Uuid, kind: &str) -> Result<Job, ApiError> {
        let body = json!({"kind": kind, "params": {}});
        self.json(Method::POST, &format!("/projects/{project}/jobs"), Some(&body), &format!("start the job '{kind}'")).await
    }

    /// Commits the machine's provisional labels; how many.
    pub async fn commit_labels(&self, project: Uuid) -> Result<u64, ApiError> {
        #[derive(Deserialize)]
        struct Answer {
            committed: u64,
        }
        let path = format!("/projects/{project}/labels/commit");
        let answer: Answer = self.json(Method::POST, &path, Some(&json!({})), "commit the machine's labels").await?;
        Ok(answer.committed)
    }

    pub async fn start_export(&self, project: Uuid, format: &str) -> Result<Job, ApiError> {
        self.json(Method::POST, &format!("/projects/{project}/exports"), Some(&json!({"format": format})), "start the export").await
    }

    pub async fn download(&self, job: Uuid, file: &str) -> Result<Vec<u8>, ApiError> {
        self.bytes(
            &format!("/exports/{job}/{}", file.split('/').map(escaped).collect::<Vec<String>>().join("/")),
            &format!("download {file}"),
        )
        .await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    async fn json<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>, what: &str) -> Result<T, ApiError> {
        read(self.call(method, path, body, what).await?, what).await
    }

    async fn bytes(&self, path: &str, what: &str) -> Result<Vec<u8>, ApiError> {
        let response = self.call(Method::GET, path, None, what).await?;
        let bytes = response.bytes().await.map_err(|source| ApiError::Unreadable { what: what.to_owned(), source })?;
        Ok(bytes.to_vec())
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>, what: &str) -> Result<Response, ApiError> {
        let request = || {
            let request = self.request(method.clone(), path);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        self.send(request, what).await
    }

    /// Sends a request, again and later while the server is busy, and turns every refusal into an error with the server's words.
    async fn send(&self, request: impl Fn() -> RequestBuilder, what: &str) -> Result<Response, ApiError> {
        let mut tried = 0;
        loop {
            let unreachable = |source| ApiError::Unreachable { what: what.to_owned(), base: self.base.clone(), source };
            let response = request().send().await.map_err(unreachable)?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) && tried < PATIENCE {
                tokio::time::sleep(Duration::from_millis(250 << tried)).await;
                tried += 1;
                continue;
            }
            let problem = response.json::<Problem>().await.unwrap_or_default();
            return Err(ApiError::Refused { what: what.to_owned(), status, problem });
        }
    }
}

async fn read<T: DeserializeOwned>(response: Response, what: &str) -> Result<T, ApiError> {
    response.json().await.map_err(|source| ApiError::Unreadable { what: what.to_owned(), source })
}

/// A value as it may stand in a path or query.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_for_a_url() {
        assert_eq!(escaped("a b/c=é"), "a%20b%2Fc%3D%C3%A9");
    }

    #[test]
    fn a_problem_says_what_happened_and_what_was_kept() {
        let problem: Problem =
            serde_json::from_value(json!({"title": "Lease lost", "detail": "another has it", "kept": "a draft", "action": "go on"}))
                .unwrap();
        assert_eq!(problem.text(), "Lease lost; another has it; kept: a draft; go on");
    }
}
