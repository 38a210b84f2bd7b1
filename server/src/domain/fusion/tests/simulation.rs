//! Blobs outlined by workers of different quality: weighing the workers must pay.

use std::f64::consts::TAU;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::*;

const SIDE: u32 = 96;

/// How a worker draws: how far outlines wander, how much too large or small they are, and how often something is missed or made up.
#[derive(Clone, Copy)]
struct Hand {
    jitter: f64,
    growth: f64,
    careless: f64,
}

/// An outline with lobes around a centre, as a polygon of 40 points.
fn blob(rng: &mut Xoshiro256PlusPlus, x: f64, y: f64, radius: f64) -> Vec<[f64; 2]> {
    let waves: Vec<(f64, f64, f64)> = (2..6).map(|k| (f64::from(k), rng.random_range(0.0..0.14), rng.random_range(0.0..TAU))).collect();
    (0..40)
        .map(|i| {
            let angle = TAU * f64::from(i) / 40.0;
            let r = radius * (1.0 + waves.iter().map(|(k, size, phase)| size * (k * angle + phase).sin()).sum::<f64>());
            [x + r * angle.cos(), y + r * angle.sin()]
        })
        .collect()
}

fn drawn(rng: &mut Xoshiro256PlusPlus, truth: &[[f64; 2]], hand: Hand) -> Vec<[f64; 2]> {
    let n = truth.len() as f64;
    let centre = [truth.iter().map(|p| p[0]).sum::<f64>() / n, truth.iter().map(|p| p[1]).sum::<f64>() / n];
    let waves: Vec<(f64, f64, f64)> = (1..7).map(|k| (f64::from(k), rng.random_range(-1.0..1.0), rng.random_range(0.0..TAU))).collect();
    let moved = |(i, p): (usize, &[f64; 2])| {
        let angle = TAU * i as f64 / n;
        let wander = hand.jitter * waves.iter().map(|(k, size, phase)| size * (k * angle + phase).sin()).sum::<f64>() + hand.growth;
        let (dx, dy) = (p[0] - centre[0], p[1] - centre[1]);
        let r = dx.hypot(dy).max(1.0);
        let factor = ((r + wander) / r).max(0.1);
        [centre[0] + dx * factor, centre[1] + dy * factor]
    };
    truth.iter().enumerate().map(moved).collect()
}

fn polygon(class: u8, points: &[[f64; 2]]) -> Shape {
    Shape::polygon(class, points.iter().copied().map(Point::from).collect())
}

/// The mean foreground IoU over all images, for weighted fusion, majority, and the first worker alone.
fn simulate(workers: &[Hand], opinions: usize, class: u8, images: usize, seed: u64) -> [f64; 3] {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let size = Size { width: SIDE as usize, height: SIDE as usize };
    let mut skills = WorkerSkills::default();
    let mut sums = [0.0; 3];
    for _ in 0..images {
        let places: Vec<(f64, f64)> = vec![(24.0, 26.0), (70.0, 30.0), (46.0, 70.0)];
        let truths: Vec<Vec<[f64; 2]>> = places
            .iter()
            .map(|&(x, y)| {
                let radius = rng.random_range(9.0..17.0);
                blob(&mut rng, x, y, radius)
            })
            .collect();
        let mut crew: Vec<usize> = Vec::new();
        while crew.len() < opinions {
            let candidate = rng.random_range(0..workers.len());
            if !crew.contains(&candidate) {
                crew.push(candidate);
            }
        }
        let said: Vec<Vec<Shape>> = crew.iter().map(|&k| say(&mut rng, &truths, workers[k], class)).collect();
        let named: Vec<Opinion<'_>> = crew.iter().zip(&said).map(|(&k, shapes)| Opinion { worker: worker(k as u128), shapes }).collect();
        let truth = prepare(&truths.iter().map(|points| polygon(class, points)).collect::<Vec<_>>(), size, &Default::default()).unwrap();
        let score = |shapes: &[Shape]| agreement(&prepare(shapes, size, &Default::default()).unwrap(), &truth, size, 0.5).iou;
        let weighted = fuse(&named, SIDE, SIDE, &schema(), &FusionOptions::default(), &skills).unwrap();
        let majority = FusionOptions { method: Method::Majority, ..FusionOptions::default() };
        let majority = fuse(&named, SIDE, SIDE, &schema(), &majority, &skills).unwrap();
        skills.learn(&weighted.evidence);
        for (sum, found) in sums.iter_mut().zip([score(&weighted.shapes), score(&majority.shapes), score(&said[0])]) {
            *sum += found / images as f64;
        }
    }
    sums
}

fn say(rng: &mut Xoshiro256PlusPlus, truths: &[Vec<[f64; 2]>], hand: Hand, class: u8) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for truth in truths {
        if !rng.random_bool(hand.careless) {
            shapes.push(polygon(class, &drawn(rng, truth, hand)));
        }
    }
    if rng.random_bool(hand.careless) {
        let (x, y) = (rng.random_range(10.0..86.0), rng.random_range(10.0..86.0));
        shapes.push(polygon(class, &blob(rng, x, y, 6.0)));
    }
    shapes
}

/// A crew of which this share draws badly.
fn crew(bad: f64, seed: u64) -> Vec<Hand> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let hand = |k: usize| {
        if (k as f64) < 20.0 * bad {
            Hand { jitter: rng.random_range(1.5..3.0), growth: rng.random_range(-4.0..5.0), careless: rng.random_range(0.1..0.4) }
        } else {
            Hand { jitter: rng.random_range(0.2..0.8), growth: rng.random_range(-0.5..0.5), careless: 0.02 }
        }
    };
    (0..20).map(hand).collect()
}

#[test]
fn weighing_workers_is_at_least_as_good_as_the_majority() {
    for class in [STUFF, THING] {
        let mut mean = [0.0; 3];
        for (bad, opinions) in [(0.2, 3), (0.4, 3), (0.4, 5), (0.7, 3), (0.7, 5)] {
            let mut figures = [0.0; 3];
            for seed in 0..2 {
                let found = simulate(&crew(bad, 11 + seed), opinions, class, 40, 100 + seed);
                (0..3).for_each(|i| figures[i] += found[i] / 2.0);
            }
            (0..3).for_each(|i| mean[i] += figures[i] / 5.0);
            println!(
                "class {class}, {:.0} % bad, K={opinions}: weighted {:.3}, majority {:.3}, one worker {:.3}",
                bad * 100.0,
                figures[0],
                figures[1],
                figures[2]
            );
            assert!(figures[0] >= figures[1] - 0.01, "class {class}, {bad} bad of {opinions}: {figures:?}");
        }
        println!("class {class}, mean: weighted {:.3}, majority {:.3}, one worker {:.3}", mean[0], mean[1], mean[2]);
        assert!(mean[0] > mean[1] && mean[0] > mean[2] + 0.05, "class {class}: {mean:?}");
    }
}
