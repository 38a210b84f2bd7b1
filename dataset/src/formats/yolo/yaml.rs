//! `data.yaml`: the classes, and the folders of the subsets.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::exchange::{ExchangeError, Input};
use crate::formats::support::{class_named, read_text, usable, word_of};
use crate::schema::{ClassKind, Schema, Subset};

/// What it is called.
pub(super) const CONFIGS: [&str; 3] = ["data.yaml", "data.yml", "dataset.yaml"];

/// The text of `data.yaml`; `present` are the folders that have pictures. Ultralytics wants a folder for training and one for validation.
pub(super) fn text(schema: &Schema, present: &[String]) -> Result<String, serde_json::Error> {
    let has = |subset| present.iter().any(|name| name == word_of(subset));
    let mut text = String::new();
    let mut train: Vec<&str> = [Some(Subset::Train), None].into_iter().filter(|&subset| has(subset)).map(word_of).collect();
    if train.is_empty() {
        train.push(word_of(Some(Subset::Train)));
    }
    match train[..] {
        [one] => writeln!(text, "train: images/{one}"),
        _ => writeln!(text, "train: [{}]", train.iter().map(|name| format!("images/{name}")).collect::<Vec<_>>().join(", ")),
    }
    .unwrap_or_default();
    if has(Some(Subset::Validation)) {
        text.push_str("val: images/val\n");
    } else {
        text.push_str("# No image is for validation, so those for training are named here.\n");
        let _ = writeln!(text, "val: images/{}", train[0]);
    }
    if has(Some(Subset::Test)) {
        text.push_str("test: images/test\n");
    }
    let _ = writeln!(text, "nc: {}\nnames:", schema.classes.len());
    let mut classes: Vec<_> = schema.classes.iter().collect();
    classes.sort_by_key(|class| class.index);
    for (label, class) in classes.iter().enumerate() {
        // A string of JSON is one of YAML.
        let _ = writeln!(text, "  {label}: {}", serde_json::to_string(&class.name)?);
    }
    Ok(text)
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Names {
    List(Vec<String>),
    Map(BTreeMap<usize, String>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Folders {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct File {
    names: Names,
    #[serde(default)]
    train: Option<Folders>,
    #[serde(default, alias = "validation", alias = "valid")]
    val: Option<Folders>,
    #[serde(default)]
    test: Option<Folders>,
    #[serde(default)]
    kpt_shape: Option<Vec<u32>>,
}

/// What is known of a dataset.
pub(super) struct Config {
    pub schema: Schema,
    /// Folders whose own names say nothing about their subset.
    folders: Vec<(String, Subset)>,
    /// Whether lines have keypoints behind the box.
    pub keypoints: bool,
}

impl Config {
    /// The subset of a picture that its path does not tell.
    pub fn subset(&self, path: &str) -> Option<Subset> {
        let inside = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.folders.iter().find(|(folder, _)| inside(folder)).map(|&(_, subset)| subset)
    }
}

/// Reads `data.yaml`, or `classes.txt` with a name a line.
pub(super) fn read(input: &dyn Input) -> Result<Config, ExchangeError> {
    for name in CONFIGS {
        if let Some(text) = read_text(input, name)? {
            let file: File = serde_saphyr::from_str(&text).map_err(|error| ExchangeError::file(name, None, error))?;
            return config(file).map_err(|reason| ExchangeError::file(name, None, reason));
        }
    }
    let name = "classes.txt";
    match read_text(input, name)? {
        Some(text) => {
            let names = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            let file = File { names: Names::List(names), train: None, val: None, test: None, kpt_shape: None };
            config(file).map_err(|reason| ExchangeError::file(name, None, reason))
        }
        None => Err(ExchangeError::Format("there is neither a data.yaml nor a classes.txt that names the classes".into())),
    }
}

fn config(file: File) -> Result<Config, String> {
    let names: BTreeMap<usize, String> = match file.names {
        Names::List(names) => names.into_iter().enumerate().collect(),
        Names::Map(names) => names,
    };
    let mut classes = Vec::with_capacity(names.len());
    for (label, name) in &names {
        let index = u8::try_from(label + 1).ok().filter(|&index| index < 255).ok_or("there are more than 254 classes")?;
        classes.push(class_named(index, name, None, ClassKind::Thing));
    }
    let mut folders = Vec::new();
    for (subset, listed) in [(Subset::Train, file.train), (Subset::Validation, file.val), (Subset::Test, file.test)] {
        let listed = match listed {
            Some(Folders::One(one)) => vec![one],
            Some(Folders::Many(many)) => many,
            None => Vec::new(),
        };
        for folder in listed {
            let folder = folder.trim_start_matches("../").trim_start_matches("./").trim_end_matches('/').to_owned();
            if !folders.iter().any(|(known, _)| *known == folder) {
                folders.push((folder, subset));
            }
        }
    }
    Ok(Config { schema: usable(classes)?, folders, keypoints: file.kpt_shape.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::MemoryFiles;

    fn read_text(text: &str) -> Result<Config, ExchangeError> {
        read(&MemoryFiles([("data.yaml".to_owned(), text.as_bytes().to_vec())].into()))
    }

    #[test]
    fn lists_and_maps_of_names_are_read() {
        let config = read_text("path: ../x\ntrain: [./a/images, b]\nval: c/\nnames: [cat, 'a: b']\n").unwrap();
        assert_eq!(config.schema.classes.iter().map(|class| (class.index, &*class.name)).collect::<Vec<_>>(), [(1, "cat"), (2, "a: b")]);
        assert_eq!((config.subset("c/x.png"), config.subset("cc/x.png")), (Some(Subset::Validation), None));
        let config = read_text("names:\n  0: cat\n  2: \"3\"\nkpt_shape: [17, 3]\n").unwrap();
        assert_eq!(config.schema.classes.iter().map(|class| (class.index, &*class.name)).collect::<Vec<_>>(), [(1, "cat"), (3, "3")]);
        assert!(config.keypoints);
    }

    #[test]
    fn what_is_no_list_of_classes_is_refused() {
        for text in ["", "names: 3", "[", "names: [a, a]", "names: {300: x}"] {
            assert!(read_text(text).is_err(), "{text}");
        }
    }
}
