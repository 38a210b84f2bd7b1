//! Somebody who uses the server over HTTP, as a browser or a program does.

use reqwest::{Client, Method, RequestBuilder, multipart};
use serde_json::{Value, json};

#[derive(Clone)]
pub struct Person {
    pub http: Client,
    pub url: String,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Person {
    /// Somebody without an account.
    #[must_use]
    pub fn nobody(url: &str) -> Self {
        let http = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, url: url.to_owned() }
    }

    pub async fn sign_in(url: &str, login: &str, password: &str) -> Self {
        let person = Self::nobody(url);
        let answer = person.post("/api/v1/session", &json!({ "login": login, "password": password })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        person
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    pub async fn upload(&self, path: &str, files: Vec<(String, Vec<u8>)>) -> Answer {
        let form = files
            .into_iter()
            .fold(multipart::Form::new(), |form, (name, bytes)| form.part("files", multipart::Part::bytes(bytes).file_name(name)));
        send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Leases the next task; `None` when there is nothing to do.
    pub async fn next(&self, project: &str) -> Option<Value> {
        let answer = self.post(&format!("/api/v1/projects/{project}/tasks/next"), &json!({})).await;
        match answer.status {
            200 => Some(answer.json),
            204 => None,
            _ => panic!("{answer:?}"),
        }
    }

    /// Hands in shapes for a task under a new key.
    pub async fn submit(&self, task: &Value, shapes: Value) -> Answer {
        let body = json!({ "key": uuid::Uuid::new_v4(), "seconds": 12.5, "shapes": shapes });
        self.post(&format!("/api/v1/tasks/{}/submit", id_of(task)), &body).await
    }
}

/// The id of a task bundle's task.
#[must_use]
pub fn id_of(bundle: &Value) -> &str {
    bundle["task"]["id"].as_str().unwrap()
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null), text, headers }
}
