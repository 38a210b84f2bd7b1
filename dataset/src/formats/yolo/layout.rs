//! Which label belongs to which picture.

use crate::exchange::stem;
use crate::formats::support::{is_picture, subset_named};
use crate::schema::Subset;

/// The label file of a picture: as Ultralytics has it, the last folder `images` is replaced by `labels`.
pub(super) fn label_of(picture: &str) -> String {
    let (before, after) = match picture.rsplit_once("/images/") {
        Some((before, after)) => (format!("{before}/"), after),
        None => (String::new(), picture.strip_prefix("images/").unwrap_or(picture)),
    };
    format!("{before}labels/{}.txt", stem(after))
}

/// Whether a file may be the label of a picture.
pub(super) fn is_label(name: &str) -> bool {
    name.ends_with(".txt") && (name.starts_with("labels/") || name.contains("/labels/"))
}

/// Subset and name of a picture: `images/train/NAME` or `train/images/NAME`; none for other files. A folder that says nothing about a
/// subset belongs to the name.
pub(super) fn picture(path: &str) -> Option<(Option<Subset>, &str)> {
    if !is_picture(path) {
        return None;
    }
    if let Some(rest) = path.strip_prefix("images/") {
        let split = rest.split_once('/').and_then(|(first, name)| Some((subset_named(first)?, name)));
        return Some(split.unwrap_or((None, rest)));
    }
    let (before, name) = path.split_once("/images/")?;
    Some((subset_named(before.rsplit('/').next()?).flatten(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lie_where_ultralytics_looks() {
        assert_eq!(label_of("images/train/a.b/c.d.jpg"), "labels/train/a.b/c.d.txt");
        assert_eq!(label_of("images/val/x/images/c.jpg"), "images/val/x/labels/c.txt");
        assert_eq!(label_of("train/images/c.jpg"), "train/labels/c.txt");
        assert_eq!(picture("images/val/x/images/c.jpg"), Some((Some(Subset::Validation), "x/images/c.jpg")));
        assert_eq!(picture("valid/images/c.jpg"), Some((Some(Subset::Validation), "c.jpg")));
        assert_eq!(picture("images/c.jpg"), Some((None, "c.jpg")));
        assert_eq!((picture("labels/train/c.txt"), picture("README.md")), (None, None));
    }
}
