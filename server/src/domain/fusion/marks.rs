//! Fusing boxes, points and tags.

use std::collections::BTreeMap;

use labelwright_dataset::{Attributes, Geometry, Point, Shape};

use super::answers::majority;
use super::consensus::{all, evidence};
use super::matching::{Pair, group};
use super::opinion::{Mark, MarkGeometry, Prepared, Size};
use super::{Fusing, Piece};

/// Two points are the same place when they are at most this share of the image's diagonal apart, or three pixels.
const NEAR: f64 = 0.01;
const NEAR_PIXELS: f64 = 3.0;

/// What marks can be compared with: those of the same kind and class.
type Kind = (u8, u8);

pub(crate) fn kind(mark: &Mark) -> Kind {
    let kind = match mark.geometry {
        MarkGeometry::Box(_) => 0,
        MarkGeometry::Point(_) => 1,
        MarkGeometry::Tag => 2,
    };
    (kind, mark.class)
}

/// How alike two marks of one kind are, 0 to 1: boxes by intersection over union, points by distance (one half at the
/// distance up to which they are the same place), tags are the same.
pub(crate) fn similarity(a: &MarkGeometry, b: &MarkGeometry, size: Size) -> f64 {
    match (a, b) {
        (MarkGeometry::Box(a), MarkGeometry::Box(b)) => {
            let side = |low: usize, high: usize| (a[high].min(b[high]) - a[low].max(b[low])).max(0.0);
            let area = |c: &[f64; 4]| (c[2] - c[0]).max(0.0) * (c[3] - c[1]).max(0.0);
            let common = side(0, 2) * side(1, 3);
            let union = area(a) + area(b) - common;
            if union > 0.0 { common / union } else { f64::from(u8::from(a == b)) }
        }
        (MarkGeometry::Point(a), MarkGeometry::Point(b)) => {
            let near = (NEAR * (size.width as f64).hypot(size.height as f64)).max(NEAR_PIXELS);
            (1.0 - (a[0] - b[0]).hypot(a[1] - b[1]) / (2.0 * near)).max(0.0)
        }
        (MarkGeometry::Tag, MarkGeometry::Tag) => 1.0,
        _ => 0.0,
    }
}

/// Groups marks of one kind and class over workers.
pub(crate) fn matched(marks: &[(usize, MarkGeometry)], size: Size, least: f64) -> Vec<Vec<usize>> {
    let owner: Vec<usize> = marks.iter().map(|(worker, _)| *worker).collect();
    let mut pairs = Vec::new();
    for (a, (one, first)) in marks.iter().enumerate() {
        for (b, (other, second)) in marks.iter().enumerate().skip(a + 1) {
            let similarity = similarity(first, second, size);
            let least = if matches!(first, MarkGeometry::Point(_)) { 0.5 } else { least };
            if one != other && similarity >= least && similarity > 0.0 {
                pairs.push(Pair { a, b, similarity });
            }
        }
    }
    group(&owner, &pairs)
}

/// Marks of one kind with who made each, and the answers given about them.
type Same<'a> = (Vec<(usize, MarkGeometry)>, Vec<&'a Attributes>);

/// Fuses boxes (corners averaged), points (averaged) and tags; each needs a weighted share of the workers above the quorum, and has the answers that
/// most of them gave.
pub(crate) fn fuse_marks(fusing: &mut Fusing<'_>, prepared: &[Prepared]) -> Vec<Piece> {
    let mut kinds: BTreeMap<Kind, Same<'_>> = BTreeMap::new();
    for (worker, opinion) in prepared.iter().enumerate() {
        for mark in &opinion.marks {
            let (marks, answers) = kinds.entry(kind(mark)).or_default();
            // Saying a tag twice is saying it once.
            if !(matches!(mark.geometry, MarkGeometry::Tag) && marks.iter().any(|(other, _)| *other == worker)) {
                marks.push((worker, mark.geometry));
                answers.push(&fusing.opinions[worker].shapes[mark.shape].attributes);
            }
        }
    }
    let numbered = fusing.opinions.iter().flat_map(|opinion| opinion.shapes).any(|shape| shape.instance.is_some());
    let mut out = Vec::new();
    for ((_, class), (marks, answers)) in kinds {
        let known = fusing.known(class);
        for members in matched(&marks, fusing.size, fusing.options.iou_match) {
            let workers: Vec<usize> = members.iter().map(|&i| marks[i].0).collect();
            let support = fusing.support(&known, &workers);
            let kept = support > fusing.options.quorum;
            let pattern = workers.iter().fold(0u64, |bits, worker| bits | 1 << worker);
            if pattern != all(known.len()) {
                let seen = evidence(&BTreeMap::from([(pattern, 1.0)]), known.len(), |_| f64::from(u8::from(kept)));
                fusing.learn(class, &seen);
            }
            if !kept {
                fusing.notes.push(format!("class {class}: a mark was left out, {} of {} opinions have it", members.len(), known.len()));
                out.push(Piece { shapes: Vec::new(), area: false, certainty: 1.0 - support, weight: 1.0 });
                continue;
            }
            let group: Vec<(f64, MarkGeometry)> = members.iter().map(|&i| (fusing.weight(&known[marks[i].0]), marks[i].1)).collect();
            let (geometry, fit) = average(&group, fusing.size);
            let instance = (numbered && !matches!(geometry, Geometry::Tag)).then_some(1);
            let certainty = support * fit;
            let attributes = majority(members.iter().map(|&i| answers[i].iter().collect()));
            let shape = Shape { class, instance, confidence: Some(certainty as f32), attributes, geometry };
            out.push(Piece { shapes: vec![shape], area: false, certainty, weight: 1.0 });
        }
    }
    out
}

/// The weighted average of marks of one kind, and how well they fit it, 0 to 1.
fn average(group: &[(f64, MarkGeometry)], size: Size) -> (Geometry, f64) {
    let total: f64 = group.iter().map(|(weight, _)| weight).sum();
    let same = group.iter().all(|(_, mark)| numbers(mark) == numbers(&group[0].1));
    let mean = |i: usize| {
        if same {
            return numbers(&group[0].1)[i];
        }
        group.iter().map(|(weight, mark)| weight * numbers(mark)[i]).sum::<f64>() / total
    };
    let fused = match group[0].1 {
        MarkGeometry::Box(_) => MarkGeometry::Box([mean(0), mean(1), mean(2), mean(3)]),
        MarkGeometry::Point(_) => MarkGeometry::Point([mean(0), mean(1)]),
        MarkGeometry::Tag => MarkGeometry::Tag,
    };
    let fit = group.iter().map(|(_, mark)| similarity(mark, &fused, size)).sum::<f64>() / group.len() as f64;
    let geometry = match fused {
        MarkGeometry::Box(corners) => Geometry::Box { corners },
        MarkGeometry::Point([x, y]) => Geometry::Point { point: Point { x, y } },
        MarkGeometry::Tag => Geometry::Tag,
    };
    (geometry, fit)
}

fn numbers(mark: &MarkGeometry) -> [f64; 4] {
    match *mark {
        MarkGeometry::Box(corners) => corners,
        MarkGeometry::Point([x, y]) => [x, y, 0.0, 0.0],
        MarkGeometry::Tag => [0.0; 4],
    }
}
