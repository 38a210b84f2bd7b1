//! Simulated annotators: they know the truth and draw it as people do, with errors and in time.

use std::f64::consts::TAU;

use labelwright_dataset::geometry::{Point, Ring};
use labelwright_dataset::{BACKGROUND, Geometry, Mask, Part, Polygon, Shape};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use super::scene::{Object, Scene};

/// Seconds before the first click and for each vertex when drawing, before correcting, and for accepting what is there (Weber and
/// Papadopoulos 2021, Jauer 2020; as in the project's cost model).
const START: f64 = 8.0;
const LOOK: f64 = 5.0;
const VERIFY: f64 = 4.0;
const VERTEX: f64 = 2.2;

/// A suggested object is kept when it overlaps the true one at least this much; a whole label when nothing is worse than that.
const GOOD_ENOUGH: f64 = 0.85;

/// People click about this close to the outline they see.
const CLICK: f64 = 1.0;

/// More places than this in one suggestion are not looked through one by one.
const MOST_PLACES: usize = 5000;

/// How one annotator works.
#[derive(Clone, Debug)]
pub struct Skill {
    pub name: &'static str,
    /// How far outlines wander, in pixels, on an object of 12 pixels' radius or more.
    pub jitter: f64,
    /// How much too large (or small) outlines are, in pixels.
    pub growth: f64,
    /// How often a small object is overlooked.
    pub misses: f64,
    /// How often something is marked that isn't there, an image.
    pub specks: f64,
    /// How often an object is painted with the brush rather than outlined.
    pub brush: f64,
}

/// The crew: careful, ordinary and hasty annotators in turn.
#[must_use]
pub fn skills(count: usize) -> Vec<Skill> {
    let crew = [
        Skill { name: "careful", jitter: 0.45, growth: 0.0, misses: 0.01, specks: 0.01, brush: 0.1 },
        Skill { name: "steady", jitter: 0.8, growth: 0.35, misses: 0.03, specks: 0.03, brush: 0.3 },
        Skill { name: "hasty", jitter: 1.3, growth: -0.5, misses: 0.08, specks: 0.06, brush: 0.0 },
    ];
    crew.into_iter().cycle().take(count).collect()
}

/// What an annotator submits.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub shapes: Vec<Shape>,
    /// How long a person would have taken.
    pub seconds: f64,
    /// How many shapes are suggestions taken over.
    pub taken: usize,
}

/// Seconds to draw all objects of a scene by hand.
#[must_use]
pub fn by_hand(scene: &Scene) -> f64 {
    START + VERTEX * scene.objects.iter().map(|object| vertices(&object.mask)).sum::<f64>()
}

/// Works on one image: keeps the suggested shapes that are good and draws the rest.
#[must_use]
pub fn annotate(scene: &Scene, skill: &Skill, kind: &str, start: &[Shape], rng: &mut Xoshiro256PlusPlus) -> Drawn {
    let proposed = places(scene, start);
    let mut used = vec![false; proposed.len()];
    let (mut shapes, mut taken, mut wrong) = (Vec::new(), 0, 0.0);
    let mut exact = true;
    for object in &scene.objects {
        let best = best_match(object, &proposed, &used).filter(|(_, overlap)| *overlap >= GOOD_ENOUGH);
        if let Some((index, overlap)) = best {
            used[index] = true;
            taken += 1;
            wrong += (1.0 - overlap) * vertices(&object.mask) * 1.5;
            shapes.push(Shape { confidence: None, ..proposed[index].clone_shape() });
            continue;
        }
        exact = false;
        let small = object.mask.area() < 150;
        if rng.random_bool(if small { skill.misses } else { skill.misses / 8.0 }) {
            continue;
        }
        if let Some(shape) = outline(scene, object, skill, rng) {
            wrong += vertices(&object.mask);
            shapes.push(shape);
        }
    }
    // What is suggested where nothing is costs a look and a key.
    let dismissed = used.iter().filter(|used| !**used).count();
    let accepted = exact && dismissed == 0 && taken > 0;
    if !accepted && rng.random_bool(skill.specks) {
        shapes.extend(speck(scene, rng));
    }
    let seconds = if accepted && matches!(kind, "verify" | "review" | "adjust") {
        VERIFY
    } else if taken > 0 {
        LOOK + VERTEX * wrong + dismissed as f64
    } else {
        START + VERTEX * wrong
    };
    // No one takes longer over a suggestion than over an empty image by more than a glance.
    Drawn { shapes, seconds: seconds.min(LOOK + by_hand(scene)) * rng.random_range(0.85..1.2), taken }
}

/// A place that was suggested.
struct Place {
    class: u8,
    mask: Mask,
    shape: Option<Shape>,
}

impl Place {
    /// The suggestion itself when it is one place, otherwise this place of it.
    fn clone_shape(&self) -> Shape {
        self.shape.clone().unwrap_or_else(|| Shape::mask(self.class, self.mask.clone()))
    }
}

fn places(scene: &Scene, shapes: &[Shape]) -> Vec<Place> {
    let mut out = Vec::new();
    for shape in shapes {
        let mask = shape.to_mask(scene.width, scene.height);
        let Some(mask) = mask.filter(|mask| !mask.is_empty()) else { continue };
        match mask.components(MOST_PLACES) {
            Ok(parts) if parts.len() > 1 => out.extend(parts.into_iter().map(|mask| Place { class: shape.class, mask, shape: None })),
            _ => out.push(Place { class: shape.class, mask, shape: Some(shape.clone()) }),
        }
    }
    out
}

fn best_match(object: &Object, proposed: &[Place], used: &[bool]) -> Option<(usize, f64)> {
    let candidates = proposed.iter().enumerate().filter(|(index, place)| !used[*index] && place.class == object.class);
    let overlap = |place: &Place| labelwright_dataset::geometry::iou(&place.mask, &object.mask).unwrap_or(0.0);
    candidates.map(|(index, place)| (index, overlap(place))).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// How many clicks an outline takes.
fn vertices(mask: &Mask) -> f64 {
    mask.to_polygon().simplified(CLICK).points() as f64
}

/// The object as this annotator draws it; none when nothing is left of it.
fn outline(scene: &Scene, object: &Object, skill: &Skill, rng: &mut Xoshiro256PlusPlus) -> Option<Shape> {
    let exact = object.mask.to_polygon();
    // A pixel on an object of 4 pixels is another error than on one of 100, and people zoom in.
    let radius = (object.mask.area() as f64 / std::f64::consts::PI).sqrt();
    let scale = (radius / 12.0).clamp(0.12, 1.0);
    let parts = exact.parts.iter().filter_map(|part| {
        let outer = by_eye(&part.outer, skill, scale, rng)?;
        let holes =
            part.holes.iter().filter(|hole| is_empty_inside(scene, hole)).filter_map(|hole| by_eye(hole, skill, scale, rng)).collect();
        Some(Part { outer, holes })
    });
    let polygon = Polygon { parts: parts.collect() };
    let mask = polygon.to_mask(scene.width, scene.height).filter(|mask| !mask.is_empty())?;
    let geometry = if rng.random_bool(skill.brush) { Geometry::Mask(mask) } else { Geometry::Polygon(polygon) };
    Some(Shape { class: object.class, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry })
}

/// Whether a hole shows the ground. One that shows another object is not drawn: the other is painted over it.
fn is_empty_inside(scene: &Scene, hole: &Ring) -> bool {
    let Some(mask) = Polygon::simple(hole.clone()).to_mask(scene.width, scene.height) else { return true };
    let pixels = mask.spans().flat_map(|(start, length)| &scene.truth[start as usize..(start + length) as usize]);
    let ground = pixels.filter(|class| **class == BACKGROUND).count() as u64;
    mask.area() >= 12 && 2 * ground > mask.area()
}

/// A ring drawn by eye: clicked where it bends, wandering smoothly about the true line.
fn by_eye(ring: &Ring, skill: &Skill, scale: f64, rng: &mut Xoshiro256PlusPlus) -> Option<Ring> {
    let dense = resampled(ring);
    let n = dense.len();
    let waves: Vec<(f64, f64, f64)> = (1..6).map(|k| (f64::from(k), rng.random_range(-1.0..1.0), rng.random_range(0.0..TAU))).collect();
    let moved: Ring = (0..n)
        .map(|i| {
            let (before, here, after) = (dense[(i + n - 2) % n], dense[i], dense[(i + 2) % n]);
            let (dx, dy) = (after.x - before.x, after.y - before.y);
            let length = dx.hypot(dy).max(1e-6);
            let angle = TAU * i as f64 / n as f64;
            let wander: f64 = waves.iter().map(|(k, size, phase)| size * (k * angle + phase).sin()).sum();
            // Outlines run clockwise on the screen, holes the other way: to the left of the way is outside in both cases.
            let away = scale * (skill.jitter * wander + skill.growth);
            Point { x: here.x + away * dy / length, y: here.y - away * dx / length }
        })
        .collect();
    let clicked = Polygon::simple(moved).simplified(CLICK * scale.max(0.4));
    clicked.parts.into_iter().next().map(|part| part.outer).filter(|outer| outer.len() >= 3)
}

/// The ring with a point about every pixel and a half, its pixel stairs smoothed.
fn resampled(ring: &Ring) -> Ring {
    let mut dense = Vec::new();
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let steps = ((b.x - a.x).hypot(b.y - a.y) / 1.5).ceil().max(1.0);
        dense.extend((0..steps as usize).map(|k| {
            let t = k as f64 / steps;
            Point { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) }
        }));
    }
    let n = dense.len();
    let mean = |i: usize| {
        let (a, b, c) = (dense[(i + n - 1) % n], dense[i], dense[(i + 1) % n]);
        Point { x: (a.x + 2.0 * b.x + c.x) / 4.0, y: (a.y + 2.0 * b.y + c.y) / 4.0 }
    };
    (0..n).map(mean).collect()
}

/// Something small that isn't there.
fn speck(scene: &Scene, rng: &mut Xoshiro256PlusPlus) -> Option<Shape> {
    let class = scene.objects.first()?.class;
    let (width, height) = (f64::from(scene.width), f64::from(scene.height));
    let radius = rng.random_range(0.01..0.025) * width.min(height) + 1.5;
    let (x, y) = (rng.random_range(0.1..0.9) * width, rng.random_range(0.1..0.9) * height);
    let outer: Ring =
        (0..8).map(|k| TAU * f64::from(k) / 8.0).map(|angle| Point { x: x + radius * angle.cos(), y: y + radius * angle.sin() }).collect();
    Some(Shape::polygon(class, outer))
}

#[cfg(test)]
mod tests {
    use labelwright_dataset::paint;
    use rand::SeedableRng;

    use super::super::score::mean_iou;
    use super::super::synthetic;
    use super::*;

    fn mean_of(skill: &Skill, start: impl Fn(&Scene) -> Vec<Shape>) -> (f64, f64, usize) {
        let scenes = synthetic::draw(12, 3).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let (mut iou, mut seconds, mut taken) = (0.0, 0.0, 0);
        for scene in &scenes {
            let drawn = annotate(scene, skill, "label", &start(scene), &mut rng);
            iou += mean_iou(&paint(&drawn.shapes, scene.width, scene.height).classes, &scene.truth).unwrap() / 12.0;
            seconds += drawn.seconds / 12.0;
            taken += drawn.taken;
        }
        (iou, seconds, taken)
    }

    #[test]
    fn annotators_differ_and_all_are_human() {
        let found: Vec<f64> = skills(3).iter().map(|skill| mean_of(skill, |_| Vec::new()).0).collect();
        println!("mean IoU of careful, steady and hasty annotators: {found:.3?}");
        assert!(found.iter().all(|iou| (0.75..0.99).contains(iou)), "{found:?}");
        assert!(found[0] > found[1] && found[1] > found[2], "{found:?}");
    }

    #[test]
    fn good_suggestions_are_taken_and_save_time() {
        let skill = &skills(3)[1];
        let (_, drawing, none) = mean_of(skill, |_| Vec::new());
        let truth = |scene: &Scene| scene.objects.iter().map(|object| Shape::mask(object.class, object.mask.clone())).collect();
        let (iou, correcting, taken) = mean_of(skill, truth);
        println!("seconds an image: {drawing:.0} by hand, {correcting:.0} with good suggestions");
        assert!(none == 0 && taken > 30 && iou > 0.97, "{none} {taken} {iou}");
        assert!(correcting < drawing / 4.0, "{correcting} {drawing}");
    }

    #[test]
    fn bad_suggestions_are_drawn_anew() {
        let empty_corner = |scene: &Scene| {
            vec![
                Shape::polygon(1, [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]].map(Point::from).to_vec()),
                Shape::mask(2, scene.objects[0].mask.clone()),
            ]
        };
        let (iou, _, _) = mean_of(&skills(1)[0], empty_corner);
        assert!(iou > 0.85, "{iou}");
    }
}
