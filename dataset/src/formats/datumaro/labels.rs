//! Classes as labels.

use serde::Deserialize;
use serde_json::json;

use crate::exchange::ExchangeError;
use crate::formats::support::rgb;
use crate::schema::Schema;

/// The beginning of a file up to its items.
pub(super) fn head(schema: &Schema) -> String {
    let labels: Vec<_> = schema.classes.iter().map(|class| json!({"name": class.name, "parent": "", "attributes": []})).collect();
    let color = |(id, class): (usize, &crate::schema::Class)| {
        let [r, g, b] = rgb(&class.color).unwrap_or_default();
        json!({"label_id": id, "r": r, "g": g, "b": b})
    };
    let colors: Vec<_> = schema.classes.iter().enumerate().map(color).collect();
    let label = json!({"label_groups": [], "labels": labels, "attributes": ["is_crowd", "score"]});
    let categories = json!({"label": label, "mask": {"colormap": colors}});
    format!("{{\"dm_format_version\":\"1.0\",\n\"media_type\":2,\n\"infos\":{{}},\n\"categories\":{categories},\n\"items\":[")
}

#[derive(Debug, Default, Deserialize)]
struct Categories {
    #[serde(default)]
    label: Option<Labels>,
    #[serde(default)]
    mask: Option<Colors>,
}

#[derive(Debug, Deserialize)]
struct Labels {
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Colors {
    #[serde(default)]
    colormap: Vec<Color>,
}

#[derive(Debug, Deserialize)]
struct Color {
    label_id: i64,
    r: u8,
    g: u8,
    b: u8,
}

/// Labels in their order, with their colours where they have one.
pub(super) type Known = Vec<(String, Option<[u8; 3]>)>;

/// The labels of a file's categories.
pub(super) fn parse(file: &str, line: u32, text: &[u8]) -> Result<Known, ExchangeError> {
    let categories: Categories =
        serde_json::from_slice(text).map_err(|error| ExchangeError::file(file, Some(line.into()), format!("categories: {error}")))?;
    let colors = categories.mask.map(|mask| mask.colormap).unwrap_or_default();
    let labels = categories.label.map(|label| label.labels).unwrap_or_default();
    if labels.len() > 10_000 {
        return Err(ExchangeError::file(file, Some(line.into()), format!("there are {} labels", labels.len())));
    }
    let color = |id: usize| colors.iter().find(|color| usize::try_from(color.label_id) == Ok(id)).map(|color| [color.r, color.g, color.b]);
    Ok(labels.into_iter().enumerate().map(|(id, label)| (label.name, color(id))).collect())
}
