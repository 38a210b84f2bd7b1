//! Names of files.

use crate::exchange::stem;
use crate::formats::support::{subset_named, word_of};
use crate::schema::Subset;

const PICTURES: &str = "leftImg8bit";
const PICTURE: &str = "_leftImg8bit";

/// The city of images whose names have no folder.
const NO_CITY: &str = "all";

/// The name below the folder of its city.
fn with_city(name: &str) -> String {
    let folder = name.split_once('/').map(|(folder, _)| folder);
    if folder.is_none_or(|folder| folder == NO_CITY) { format!("{NO_CITY}/{name}") } else { name.to_owned() }
}

fn without_city(name: &str) -> &str {
    name.strip_prefix(NO_CITY).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}

/// Where a picture goes.
pub(super) fn picture(subset: Option<Subset>, name: &str) -> String {
    let name = with_city(name);
    let stem = stem(&name);
    format!("{PICTURES}/{}/{stem}{PICTURE}{}", word_of(subset), &name[stem.len()..])
}

/// Where a label goes; `what` is the last part of its name: `polygons.json`, `labelIds.png`.
pub(super) fn label(subset: Option<Subset>, name: &str, what: &str) -> String {
    format!("gtFine/{}/{}_gtFine_{what}", word_of(subset), stem(&with_city(name)))
}

/// The label of one image, as its name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// What comes before `polygons.json` and the like.
    pub base: String,
    /// The picture's name without ending, below the folder of the subset.
    pub stem: String,
    /// The name of the subset's folder.
    pub folder: String,
    pub polygons: bool,
}

impl Label {
    /// Takes a label file's name apart; none for other files. Only one file counts of each image: the polygons, or else the instance ids.
    pub fn of(path: &str) -> Option<Self> {
        let (base, polygons) = match path.strip_suffix("_polygons.json") {
            Some(base) => (base, true),
            None => (path.strip_suffix("_instanceIds.png")?, false),
        };
        let (whole, kind) = base.rsplit_once('_')?;
        if !matches!(kind, "gtFine" | "gtCoarse") {
            return None;
        }
        let rest = whole.strip_prefix(kind)?.strip_prefix('/')?;
        let (folder, stem) = rest.split_once('/')?;
        Some(Self { base: format!("{base}_"), stem: stem.to_owned(), folder: folder.to_owned(), polygons })
    }

    pub fn subset(&self) -> Option<Subset> {
        subset_named(&self.folder).flatten()
    }

    /// The picture's path without ending, as pictures are looked up.
    pub fn picture_stem(&self) -> String {
        format!("{}/{}{PICTURE}", self.folder, self.stem)
    }

    /// The image's name, with the picture's ending.
    pub fn name(&self, ending: &str) -> String {
        format!("{}{ending}", without_city(&self.stem))
    }
}

/// The folder with all pictures.
pub(super) const fn pictures() -> &'static str {
    PICTURES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in ["a.png", "x/a.jpg", "all/a.png", "x/y/a", "a_leftImg8bit.png"] {
            let label = Label::of(&label(Some(Subset::Validation), name, "polygons.json")).unwrap();
            let picture = picture(Some(Subset::Validation), name);
            assert_eq!((label.subset(), label.name(&name[stem(name).len()..])), (Some(Subset::Validation), name.to_owned()));
            assert_eq!(format!("{PICTURES}/{}", label.picture_stem()), stem(&picture));
        }
        let official = Label::of("gtFine/train/aachen/aachen_000000_000019_gtFine_polygons.json").unwrap();
        assert_eq!((official.stem.as_str(), official.polygons), ("aachen/aachen_000000_000019", true));
        assert_eq!((Label::of("gtFine/train/a_gtFine_color.png"), Label::of("x_polygons.json")), (None, None));
    }
}
