//! Lists of images, and where in the files the dataset begins.

use std::collections::HashSet;

use crate::exchange::{ExchangeError, Input, stem};
use crate::formats::support::{read_text, subset_named};
use crate::schema::Subset;

/// The folder that has `Annotations` or `SegmentationClass`, with a slash at its end; empty for the files' own: archives have them below
/// `VOCdevkit/VOC2012`.
pub(super) fn root(names: &[String]) -> Option<String> {
    let before = |name: &String| {
        let begins = |folder: &str| {
            let at = if name.starts_with(folder) { Some(0) } else { name.find(&format!("/{folder}")).map(|at| at + 1) };
            at.map(|at| name[..at].to_owned())
        };
        begins("Annotations/").or_else(|| begins("SegmentationClass/"))
    };
    names.iter().filter_map(before).min_by_key(String::len)
}

/// An image of the dataset: its name without ending, and what it is for.
pub(super) type Listed = (String, Option<Subset>);

/// All images: those of the lists in their order, or, if there are no lists, all that have a file with labels.
pub(super) fn images(input: &dyn Input, root: &str, names: &[String]) -> Result<Vec<Listed>, ExchangeError> {
    let (mut listed, mut known) = (Vec::new(), HashSet::new());
    let mut unsaid = Vec::new();
    for folder in ["Main", "Segmentation"] {
        let folder = format!("{root}ImageSets/{folder}/");
        for list in names.iter().filter(|name| name.starts_with(&folder) && name.ends_with(".txt")) {
            let word = stem(&list[folder.len()..]);
            let subset = match subset_named(word) {
                Some(subset) => subset,
                // All others repeat these, or are about one class.
                None if word == "trainval" => {
                    unsaid.push(list);
                    continue;
                }
                None => continue,
            };
            for name in read_text(input, list)?.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
                if known.insert(name.to_owned()) {
                    listed.push((name.to_owned(), subset));
                }
            }
        }
    }
    for list in unsaid {
        for name in read_text(input, list)?.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
            if known.insert(name.to_owned()) {
                listed.push((name.to_owned(), None));
            }
        }
    }
    if listed.is_empty() {
        for (folder, ending) in [("Annotations/", ".xml"), ("SegmentationClass/", ".png")] {
            let folder = format!("{root}{folder}");
            let inside = names.iter().filter_map(|name| name.strip_prefix(&folder)?.strip_suffix(ending));
            listed.extend(inside.filter(|name| known.insert((*name).to_owned())).map(|name| (name.to_owned(), None)));
        }
    }
    Ok(listed)
}
