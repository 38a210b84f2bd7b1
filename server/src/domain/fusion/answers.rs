//! What is said about an object beyond its place, when several people say it.

use std::collections::BTreeMap;

use labelwright_dataset::{AttributeValue, Attributes};

/// Each answer that most of those who answered gave; of equally many, the one that was given first.
pub(crate) fn majority<'a>(opinions: impl Iterator<Item = BTreeMap<&'a String, &'a AttributeValue>>) -> Attributes {
    let mut said: BTreeMap<&String, Vec<(&AttributeValue, usize)>> = BTreeMap::new();
    for (name, value) in opinions.flatten() {
        let values = said.entry(name).or_default();
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => values.push((value, 1)),
        }
    }
    let chosen = said.into_iter().filter_map(|(name, values)| {
        let most = values.iter().map(|(_, count)| *count).max()?;
        values.into_iter().find(|(_, count)| *count == most).map(|(value, _)| (name.clone(), value.clone()))
    });
    chosen.collect()
}
