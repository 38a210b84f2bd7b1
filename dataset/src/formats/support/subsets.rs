//! Subsets as names of folders and files.

use crate::schema::Subset;

/// What a word in a path or a file says about a subset, whatever its case and with a year behind it: `train2017`, `val`.
/// `Some(None)`: it stands for images without a subset.
pub(crate) fn subset_named(word: &str) -> Option<Option<Subset>> {
    let lower = word.to_lowercase();
    Some(match lower.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "train" | "training" => Some(Subset::Train),
        "val" | "valid" | "validation" | "minival" => Some(Subset::Validation),
        "test" | "testing" => Some(Subset::Test),
        "all" | "default" => None,
        _ => return None,
    })
}

/// The folder of a subset, with our own long names; none for images without a subset.
pub(crate) fn folder_of(subset: Option<Subset>) -> Option<&'static str> {
    subset.map(|subset| match subset {
        Subset::Train => "train",
        Subset::Validation => "validation",
        Subset::Test => "test",
    })
}

/// The short word for a subset that most formats use in names of folders and files.
pub(crate) fn word_of(subset: Option<Subset>) -> &'static str {
    match subset {
        Some(Subset::Train) => "train",
        Some(Subset::Validation) => "val",
        Some(Subset::Test) => "test",
        None => "default",
    }
}

/// The name below the folder of its subset. A name without a subset stays as it is, unless its own first folder could be taken for one.
pub(crate) fn in_folder(subset: Option<Subset>, name: &str) -> String {
    match folder_of(subset) {
        Some(folder) => format!("{folder}/{name}"),
        None if name.split_once('/').is_some_and(|(first, _)| subset_named(first).is_some()) => format!("all/{name}"),
        None => name.to_owned(),
    }
}

/// Undoes [`in_folder`].
pub(crate) fn split_folder(path: &str) -> (Option<Subset>, &str) {
    match path.split_once('/').and_then(|(first, rest)| Some((subset_named(first)?, rest))) {
        Some(split) => split,
        None => (None, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for subset in [None, Some(Subset::Train), Some(Subset::Validation), Some(Subset::Test)] {
            for name in ["a.png", "x/a.png", "train/a.png", "all/a.png", "val2017/b/a.png", "train"] {
                assert_eq!(split_folder(&in_folder(subset, name)), (subset, name));
            }
        }
        assert_eq!(
            (subset_named("Train2017"), subset_named("minival"), subset_named("trainer")),
            (Some(Some(Subset::Train)), Some(Some(Subset::Validation)), None)
        );
    }
}
