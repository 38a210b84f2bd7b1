//! Whether an item came back, up to what was reported as lost.

use std::collections::{BTreeMap, BTreeSet};

use labelwright_dataset::exchange::{Item, Loss, Origin};
use labelwright_dataset::{Geometry, Mask, Schema, Shape, VOID};

use crate::pixels::{Object, is_area, masks, object, overlap, painted};

type Lost = BTreeSet<Loss>;

/// Losses that leave of an area nothing but its pixels.
const PIXELS: [Loss; 8] =
    [Loss::Holes, Loss::Parts, Loss::Merged, Loss::MaskToPolygon, Loss::PolygonToMask, Loss::Rounded, Loss::NoArea, Loss::Crowds];

/// Compares an item with what came back of it.
pub fn same(written: &Item, read: &Item, lost: &Lost, schema: &Schema) -> Result<(), String> {
    let (written, read) = (without(written, lost), without(read, lost));
    equal("the size", (written.width, written.height), (read.width, read.height))?;
    equal("the subset", written.subset, read.subset)?;
    equal("the origin", &written.origin, &read.origin)?;
    others(&written, &read, lost)?;
    if !lost.contains(&Loss::Void) {
        return areas(&written, &read, lost, schema);
    }
    // Void is left out, and what it hid appears; or it hides, and has become background.
    let left_out = Item { shapes: written.shapes.iter().filter(|shape| shape.class != VOID).cloned().collect(), ..written.clone() };
    areas(&left_out, &read, lost, schema).or_else(|error| {
        let visible = |pixel: &Option<Object>| pixel.filter(|object| object.class() != VOID);
        let of = |item: &Item| painted(item, schema).iter().map(visible).collect::<Vec<_>>();
        same_pixels(&of(&written), &of(&read), lost).map_err(|other| format!("{error}; {other}"))
    })
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, written: T, read: T) -> Result<(), String> {
    if written == read { Ok(()) } else { Err(format!("{what} was {written:?} and is {read:?}")) }
}

/// The item without what was reported as left out.
fn without(item: &Item, lost: &Lost) -> Item {
    let mut item = item.clone();
    if lost.contains(&Loss::Confidence) {
        item.shapes.iter_mut().for_each(|shape| shape.confidence = None);
    }
    if lost.contains(&Loss::Attributes) {
        item.shapes.iter_mut().for_each(|shape| shape.attributes.clear());
    }
    if lost.contains(&Loss::Origin) {
        item.origin = Origin::default();
    }
    if lost.contains(&Loss::Subset) {
        item.subset = None;
    }
    item.shapes.retain(|shape| match shape.geometry {
        Geometry::Box { .. } | Geometry::Point { .. } | Geometry::Tag if shape.class == VOID && lost.contains(&Loss::Void) => false,
        Geometry::Box { .. } => !lost.contains(&Loss::Boxes),
        Geometry::Point { .. } => !lost.contains(&Loss::Points),
        Geometry::Tag => !lost.contains(&Loss::Tags),
        Geometry::Polygon(_) | Geometry::Mask(_) => true,
    });
    item
}

/// Boxes, points and tags, and what became a box.
fn others(written: &Item, read: &Item, lost: &Lost) -> Result<(), String> {
    // Half a millionth of a pixel is what 64-bit numbers lose when they are divided and multiplied.
    let tolerance = if lost.contains(&Loss::Rounded) { 1.0 } else { 2e-6 };
    let coarse = |numbers: &[f64]| numbers.iter().map(|n| (n * 1e3).round() as i64).collect::<Vec<_>>();
    let numbers = |shape: &Shape| match &shape.geometry {
        Geometry::Box { corners } => Some((0, corners.to_vec())),
        Geometry::Point { point } => Some((1, vec![point.x, point.y])),
        Geometry::Tag => Some((2, Vec::new())),
        _ if !lost.contains(&Loss::AreaToBox) || (shape.class == VOID && lost.contains(&Loss::Void)) => None,
        Geometry::Mask(mask) => mask.bounds().map(|b| (0, [b.left, b.top, b.right, b.bottom].map(f64::from).to_vec())),
        Geometry::Polygon(polygon) => {
            let points = || polygon.rings().flatten();
            let least =
                |of: fn(f64, f64) -> f64, start: f64| (points().map(|p| p.x).fold(start, of), points().map(|p| p.y).fold(start, of));
            let ((left, top), (right, bottom)) = (least(f64::min, f64::INFINITY), least(f64::max, f64::NEG_INFINITY));
            Some((0, vec![left, top, right, bottom]))
        }
    };
    // Things of several shapes have one box.
    let mut boxes: BTreeMap<(u8, u32), usize> = BTreeMap::new();
    let mut list = |item: &Item| {
        boxes.clear();
        let mut out: Vec<(u8, String, i32, Vec<f64>)> = Vec::new();
        for shape in &item.shapes {
            let Some((kind, numbers)) = numbers(shape) else { continue };
            let merged = shape.instance.filter(|_| is_area(shape)).and_then(|number| match boxes.get(&(shape.class, number)) {
                Some(&known) => Some(known),
                None => {
                    boxes.insert((shape.class, number), out.len());
                    None
                }
            });
            if let Some(known) = merged {
                let old = &mut out[known].3;
                (0..2).for_each(|at| old[at] = old[at].min(numbers[at]));
                (2..4).for_each(|at| old[at] = old[at].max(numbers[at]));
                continue;
            }
            out.push((shape.class, said(shape), kind, numbers));
        }
        out.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)).then(coarse(&a.3).cmp(&coarse(&b.3))));
        out
    };
    let (written, read) = (list(written), list(read));
    let near = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance);
    // Rounded numbers may be in another order, and near to several others: it takes one partner for each.
    let fits = |a: usize, b: usize| {
        let (a, b) = (&written[a], &read[b]);
        (a.0, &a.1, a.2) == (b.0, &b.1, b.2) && near(&a.3, &b.3)
    };
    let alike = written.len() == read.len() && one_to_one(written.len(), &fits);
    if alike { Ok(()) } else { Err(format!("boxes, points and tags were {written:?} and are {read:?}")) }
}

/// Whether each of `n` things can have a partner of its own among `n` others (by augmenting paths; Kuhn, 1955).
fn one_to_one(n: usize, fits: &impl Fn(usize, usize) -> bool) -> bool {
    fn find(a: usize, fits: &impl Fn(usize, usize) -> bool, seen: &mut [bool], of: &mut [Option<usize>]) -> bool {
        (0..of.len()).any(|b| {
            if !fits(a, b) || std::mem::replace(&mut seen[b], true) {
                return false;
            }
            let free = of[b].is_none_or(|other| find(other, fits, seen, of));
            if free {
                of[b] = Some(a);
            }
            free
        })
    }
    let mut of = vec![None; n];
    (0..n).all(|a| find(a, fits, &mut vec![false; n], &mut of))
}

/// Polygons and masks.
fn areas(written: &Item, read: &Item, lost: &Lost, schema: &Schema) -> Result<(), String> {
    if lost.contains(&Loss::AreaToBox) || lost.contains(&Loss::TooMany) {
        return Ok(());
    }
    if !lost.iter().any(|loss| PIXELS.contains(loss) || matches!(loss, Loss::Overlap | Loss::Instances)) {
        exact(written, read, schema)?;
    } else if !lost.contains(&Loss::Overlap) {
        objects(written, read, lost, schema)?;
    }
    if lost.contains(&Loss::Merged) && !lost.contains(&Loss::Overlap) && overlap(written) {
        // What is one now can't lie both above and below another.
        return Ok(());
    }
    same_pixels(&painted(written, schema), &painted(read, schema), lost)
}

/// What is said of a shape beyond its place.
fn said(shape: &Shape) -> String {
    format!("{:?} {:?}", shape.confidence, shape.attributes)
}

/// Each object has the same shapes, bit for bit.
fn exact(written: &Item, read: &Item, schema: &Schema) -> Result<(), String> {
    let list = |item: &Item| {
        let mut objects: BTreeMap<Object, Vec<String>> = BTreeMap::new();
        for (at, shape) in item.shapes.iter().enumerate().filter(|(_, shape)| is_area(shape)) {
            let text = format!("{} {}", said(shape), serde_json::to_string(&shape.geometry).unwrap());
            objects.entry(object(item, at, schema)).or_default().push(text);
        }
        let mut list: Vec<(u8, bool, Vec<String>)> = Vec::new();
        for (object, mut texts) in objects {
            texts.sort();
            list.push((object.class(), matches!(object, Object::Crowd(_)), texts));
        }
        list.sort();
        list
    };
    equal("the areas", list(written), list(read))
}

/// Each object has the same pixels.
fn objects(written: &Item, read: &Item, lost: &Lost, schema: &Schema) -> Result<(), String> {
    if lost.contains(&Loss::Rounded) {
        return Ok(());
    }
    let untold = [Loss::Parts, Loss::Instances, Loss::Crowds].iter().any(|loss| lost.contains(loss));
    let list = |item: &Item| {
        let mut list: Vec<(u8, bool, Vec<u32>)> = Vec::new();
        let mut classes: BTreeMap<u8, Mask> = BTreeMap::new();
        for (object, mask) in masks(item, schema).into_iter().filter(|(_, mask)| !mask.is_empty()) {
            if untold {
                let known = classes.get(&object.class()).map_or(mask.clone(), |known| known.union(&mask).unwrap());
                classes.insert(object.class(), known);
            } else {
                let crowd = matches!(object, Object::Crowd(_));
                list.push((object.class(), crowd, mask.runs().to_vec()));
            }
        }
        list.extend(classes.into_iter().map(|(class, mask)| (class, false, mask.runs().to_vec())));
        list.sort();
        list
    };
    equal("the pixels of the objects", list(written), list(read))
}

/// Every pixel has the same class, and where things are told apart the same partners.
fn same_pixels(written: &[Option<Object>], read: &[Option<Object>], lost: &Lost) -> Result<(), String> {
    if lost.contains(&Loss::Rounded) {
        return Ok(());
    }
    let class = |pixel: &Option<Object>| pixel.map(Object::class);
    if let Some(at) = (0..written.len()).find(|&at| class(&written[at]) != class(&read[at])) {
        return Err(format!("pixel {at} was of {:?} and is of {:?}", written[at], read[at]));
    }
    if [Loss::Parts, Loss::Instances, Loss::Crowds].iter().any(|loss| lost.contains(loss)) {
        return Ok(());
    }
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    for (at, (a, b)) in written.iter().zip(read).enumerate() {
        if there.entry(a).or_insert(b) != &b || back.entry(b).or_insert(a) != &a {
            return Err(format!("pixel {at} was of {a:?} and is of {b:?}, like others are not"));
        }
    }
    Ok(())
}

/// Whether an item has what was reported as lost of it.
pub fn plausible(item: &Item, lost: &Lost, schema: &Schema) -> Result<(), String> {
    let any = |of: &dyn Fn(&Shape) -> bool| item.shapes.iter().any(of);
    let polygons = |of: &dyn Fn(&labelwright_dataset::Polygon) -> bool| {
        any(&|shape| matches!(&shape.geometry, Geometry::Polygon(polygon) if of(polygon)))
    };
    let masks = || any(&|shape| matches!(shape.geometry, Geometry::Mask(_)));
    let several = || item.shapes.iter().filter(|shape| is_area(shape)).count() > 1;
    let things = || (0..item.shapes.len()).filter(|&at| matches!(object(item, at, schema), Object::Thing(..))).count();
    for loss in lost {
        let may_be = match loss {
            // Shapes of one thing may enclose a hole together, and are its parts.
            Loss::Holes => polygons(&|polygon| polygon.rings().count() > 1) || masks() || several(),
            Loss::Parts => polygons(&|polygon| polygon.parts.len() > 1) || masks() || several(),
            Loss::Merged => several(),
            Loss::Void => any(&|shape| shape.class == VOID),
            Loss::Instances => things() > 0,
            Loss::Crowds => (0..item.shapes.len()).any(|at| matches!(object(item, at, schema), Object::Crowd(_))),
            Loss::MaskToPolygon => masks(),
            Loss::PolygonToMask => polygons(&|_| true),
            Loss::Overlap => overlap(item),
            Loss::AreaToBox => any(&is_area),
            Loss::Boxes => any(&|shape| matches!(shape.geometry, Geometry::Box { .. })),
            Loss::Points => any(&|shape| matches!(shape.geometry, Geometry::Point { .. })),
            Loss::Tags => any(&|shape| matches!(shape.geometry, Geometry::Tag)),
            Loss::Rounded => any(&|shape| !matches!(shape.geometry, Geometry::Tag)),
            Loss::NoArea => any(&|shape| !matches!(shape.geometry, Geometry::Tag | Geometry::Point { .. })),
            Loss::TooMany => false,
            Loss::Confidence => any(&|shape| shape.confidence.is_some()),
            Loss::Attributes => any(&|shape| !shape.attributes.is_empty()),
            Loss::Subset => item.subset.is_some(),
            Loss::Origin => item.origin != Origin::default(),
            Loss::Unsupported => true,
        };
        if !may_be {
            return Err(format!("{loss:?} is reported, but there is no such thing"));
        }
    }
    Ok(())
}

#[test]
fn who_fits_two_leaves_the_other_its_only_partner() {
    let fits = |table: [[bool; 2]; 2]| one_to_one(2, &move |a, b| table[a][b]);
    assert!(fits([[true, true], [true, false]]) && fits([[true, true], [false, true]]));
    assert!(!fits([[true, false], [true, false]]) && !fits([[true, true], [false, false]]));
}
