//! Names that no two images of a dataset share.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::item::Item;
use super::names::stem;
use crate::schema::Subset;

/// Gives images whose name came before another one: datasets that keep their subsets apart may use a name in each of them.
///
/// The same items in the same order get the same names. It keeps eight bytes for each name.
#[derive(Clone, Debug, Default)]
pub struct UniqueNames(HashSet<u64>);

impl UniqueNames {
    /// The name that an item has from here on, if it is not its own: `train/a.jpg` for `a.jpg`, and `a-2.jpg` where that is taken too or
    /// the item is of no subset.
    pub fn renamed(&mut self, item: &Item) -> Option<String> {
        if self.take(&item.name) {
            return None;
        }
        let base = match item.subset {
            Some(subset) => format!("{}/{}", folder(subset), item.name),
            None => item.name.clone(),
        };
        if base != item.name && self.take(&base) {
            return Some(base);
        }
        let (front, ending) = base.split_at(stem(&base).len());
        (2u64..).map(|number| format!("{front}-{number}{ending}")).find(|name| self.take(name))
    }

    /// Whether nobody had the name so far, without regard to case and ending.
    fn take(&mut self, name: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        stem(name).to_lowercase().hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}

fn folder(subset: Subset) -> &'static str {
    match subset {
        Subset::Train => "train",
        Subset::Validation => "validation",
        Subset::Test => "test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_gets_a_name_of_its_own() {
        let mut names = UniqueNames::default();
        let mut given = |name: &str, subset| {
            let item = Item { name: name.into(), subset, ..Item::default() };
            names.renamed(&item).unwrap_or(item.name)
        };
        let (train, validation) = (Some(Subset::Train), Some(Subset::Validation));
        assert_eq!(given("a/1.jpg", train), "a/1.jpg");
        assert_eq!(given("A/1.png", validation), "validation/A/1.png", "masks have the same stem, and folders may not tell case");
        assert_eq!(given("a/1.jpg", validation), "validation/a/1-2.jpg");
        assert_eq!(given("a/1.jpg", None), "a/1-2.jpg");
        assert_eq!(given("a/1-2.jpg", None), "a/1-2-2.jpg");
        assert_eq!(given("b.c/1", None), "b.c/1");
        assert_eq!(given("b.c/1", None), "b.c/1-2");
    }
}
