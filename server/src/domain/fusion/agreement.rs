//! How far two opinions agree.

use std::collections::{BTreeMap, BTreeSet};

use labelwright_dataset::{BACKGROUND, VOID};

use super::marks::{kind, matched, similarity};
use super::opinion::{MarkGeometry, Prepared, Size};

/// Agreement of two opinions, 0 to 1: intersection over union and Dice, averaged over what is in either of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Agreement {
    pub iou: f64,
    pub dice: f64,
}

/// Compares two opinions: the visible pixels of each class (pixels that either calls void are left out), and for boxes, points and tags
/// the similarity of matched pairs in place of the common pixels. Two opinions without anything agree fully.
pub(crate) fn agreement(a: &Prepared, b: &Prepared, size: Size, least: f64) -> Agreement {
    let mut terms = classes(a, b);
    terms.extend(marks(a, b, size, least));
    if terms.is_empty() {
        return Agreement { iou: 1.0, dice: 1.0 };
    }
    let mean = |value: fn(&Agreement) -> f64| terms.iter().map(value).sum::<f64>() / terms.len() as f64;
    Agreement { iou: mean(|term| term.iou), dice: mean(|term| term.dice) }
}

fn classes(a: &Prepared, b: &Prepared) -> Vec<Agreement> {
    let (mut first, mut second, mut common) = ([0u64; 256], [0u64; 256], [0u64; 256]);
    for (&x, &y) in a.map.iter().zip(&b.map) {
        if x == VOID || y == VOID {
            continue;
        }
        first[usize::from(x)] += 1;
        second[usize::from(y)] += 1;
        common[usize::from(x)] += u64::from(x == y);
    }
    let labeled = (0..256).filter(|&class| class != usize::from(BACKGROUND) && first[class] + second[class] > 0);
    labeled.map(|class| ratio(first[class] as f64, second[class] as f64, common[class] as f64)).collect()
}

fn marks(a: &Prepared, b: &Prepared, size: Size, least: f64) -> Vec<Agreement> {
    let mut by_kind: BTreeMap<(u8, u8), Vec<(usize, MarkGeometry)>> = BTreeMap::new();
    for (worker, opinion) in [a, b].into_iter().enumerate() {
        let mut tags = BTreeSet::new();
        for mark in &opinion.marks {
            if !matches!(mark.geometry, MarkGeometry::Tag) || tags.insert(mark.class) {
                by_kind.entry(kind(mark)).or_default().push((worker, mark.geometry));
            }
        }
    }
    let term = |marks: Vec<(usize, MarkGeometry)>| {
        let first = marks.iter().filter(|(worker, _)| *worker == 0).count();
        let alike = |pair: &Vec<usize>| if pair.len() == 2 { similarity(&marks[pair[0]].1, &marks[pair[1]].1, size) } else { 0.0 };
        let common: f64 = matched(&marks, size, least).iter().map(alike).sum();
        ratio(first as f64, (marks.len() - first) as f64, common)
    };
    by_kind.into_values().map(term).collect()
}

fn ratio(first: f64, second: f64, common: f64) -> Agreement {
    Agreement { iou: common / (first + second - common), dice: 2.0 * common / (first + second) }
}
