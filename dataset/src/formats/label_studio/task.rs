//! The JSON of one task.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One task.
#[derive(Debug, Deserialize)]
pub(super) struct Task {
    #[serde(default)]
    pub data: Map<String, Value>,
    /// Old exports call them completions.
    #[serde(default, alias = "completions")]
    pub annotations: Vec<Answer>,
    #[serde(default)]
    pub predictions: Vec<Answer>,
}

/// What somebody said about a task, or a model.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub result: Vec<Region>,
    #[serde(default)]
    pub was_cancelled: Option<bool>,
    #[serde(default)]
    pub updated_at: Option<Value>,
    #[serde(default)]
    pub created_at: Option<Value>,
    #[serde(default)]
    pub score: Option<f64>,
}

/// One region, or one choice.
#[derive(Debug, Deserialize)]
pub(super) struct Region {
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub value: Option<Map<String, Value>>,
    #[serde(default)]
    pub original_width: Option<f64>,
    #[serde(default)]
    pub original_height: Option<f64>,
    #[serde(default)]
    pub image_rotation: Option<f64>,
    #[serde(default)]
    pub score: Option<f64>,
}

impl Answer {
    /// When it was said for the last time, as text or, in old exports, in seconds.
    pub fn time(&self) -> Option<i64> {
        let time = |value: &Option<Value>| match value.as_ref()? {
            Value::String(text) => crate::formats::support::parse_time(text),
            value => value.as_f64().map(|seconds| (seconds * 1e3) as i64),
        };
        time(&self.updated_at).or_else(|| time(&self.created_at))
    }
}

impl Task {
    /// The answer that counts: what a person said last, or else what the best model says; and how many others a person gave.
    pub fn answer(&self, predictions: bool) -> (Option<&Answer>, bool, u64) {
        let valid = || self.annotations.iter().filter(|answer| answer.was_cancelled != Some(true));
        // Of two at the same time the later in the file.
        if let Some(last) = valid().max_by_key(|answer| answer.time()) {
            return (Some(last), false, valid().count() as u64 - 1);
        }
        let best = self.predictions.iter().max_by(|a, b| a.score.unwrap_or(0.0).total_cmp(&b.score.unwrap_or(0.0)));
        (best.filter(|_| predictions), true, 0)
    }

    /// Where the picture is.
    pub fn picture(&self) -> Option<&str> {
        let named = ["image", "img", "picture", "url"].iter().filter_map(|key| self.data.get(*key)?.as_str());
        let ending = |text: &&str| {
            let lower = text.to_ascii_lowercase();
            [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"].iter().any(|ending| lower.contains(ending))
        };
        named.chain(self.data.values().filter_map(Value::as_str).filter(ending)).next()
    }
}

impl Region {
    /// The names of its classes.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let value = self.value.as_ref();
        let list = value.and_then(|value| [&*self.kind, "labels"].iter().find_map(|key| value.get(*key)?.as_array()));
        list.into_iter().flatten().filter_map(Value::as_str)
    }
}
