//! Which mask belongs to which picture.

use crate::exchange::{ExchangeError, Input, stem};
use crate::formats::support::{read_text, subset_named};
use crate::schema::Subset;

use super::colors;

/// Where the original dataset has its masks.
pub(super) const ORIGINAL_MASKS: &str = "LabeledApproved_full";
const ORIGINAL_PICTURES: &str = "701_StillsRaw_full";

/// An image of the dataset, whose files are there.
pub(super) struct Pair {
    pub picture: String,
    pub mask: String,
    pub subset: Option<Subset>,
    /// The picture's name below its own folder.
    pub name: String,
}

/// A line that names both, in quotes where a name has blanks.
pub(super) fn line(picture: &str, mask: &str) -> String {
    let plain = |name: &str| !name.contains(|c: char| c.is_whitespace() || c == '"');
    if plain(picture) && plain(mask) { format!("/{picture} {mask}\n") } else { format!("\"/{picture}\" \"{mask}\"\n") }
}

/// All images, in the order of the lists.
pub(super) fn pairs(input: &dyn Input) -> Result<Vec<Pair>, ExchangeError> {
    let names = input.list("").map_err(ExchangeError::io("the dataset"))?;
    let there = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).is_ok();
    let mut pairs = Vec::new();
    for list in names.iter().filter(|name| name.ends_with(".txt") && !name.contains('/') && *name != colors::FILE) {
        let subset = subset_named(stem(list)).flatten();
        let text = read_text(input, list)?.unwrap_or_default();
        for (number, line) in (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let (picture, mask) = find(line.trim_end_matches('\r'), &there)
                .ok_or_else(|| ExchangeError::file(list.as_str(), Some(number), "the files that this line names are not there"))?;
            let name = picture.split_once('/').map_or(picture.as_str(), |(_, name)| name).to_owned();
            pairs.push(Pair { picture, mask, subset, name });
        }
    }
    if pairs.is_empty() {
        for mask in names.iter().filter(|name| name.starts_with(ORIGINAL_MASKS) && name.ends_with(".png")) {
            let inner = stem(mask)[ORIGINAL_MASKS.len()..].trim_start_matches('/');
            let name = format!("{}.png", inner.strip_suffix("_L").unwrap_or(inner));
            let picture = format!("{ORIGINAL_PICTURES}/{name}");
            if there(&picture) {
                pairs.push(Pair { picture, mask: mask.clone(), subset: None, name });
            }
        }
    }
    Ok(pairs)
}

/// The two files of a line. Copies of the dataset have paths of another place, so leading folders may be too many.
fn find(line: &str, there: &dyn Fn(&str) -> bool) -> Option<(String, String)> {
    let quoted = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    let (text, gap) = quoted.map_or((line.trim(), " "), |text| (text, "\" \""));
    let shortened = |path: &str| {
        let path = path.trim().trim_start_matches('/');
        let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1)).take(6);
        starts.map(|start| &path[start..]).find(|path| there(path)).map(str::to_owned)
    };
    // A name may have the gap in itself: the right one is where both files are there.
    text.match_indices(gap).find_map(|(at, _)| Some((shortened(&text[..at])?, shortened(&text[at + gap.len()..])?)))
}
