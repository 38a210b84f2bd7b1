//! How near the search comes to minima that are known.

use super::{Options, Outcome, Search, Trial};
use crate::{
    random::uniform,
    space::{Domain, Parameter, Scale, Settings, Space, Value},
};

fn real(name: &str, min: f64, max: f64, scale: Scale) -> Parameter {
    Parameter { name: name.into(), domain: Domain::Real { min, max, scale }, only_if: None }
}

fn number(settings: &Settings, name: &str) -> f64 {
    let Some(Value::Real(x)) = settings.get(name) else { panic!("no {name}") };
    *x
}

/// Source: Dixon & Szegö 1978.
fn branin(settings: &Settings) -> f64 {
    use std::f64::consts::PI;
    let (x, y) = (number(settings, "x"), number(settings, "y"));
    let a = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
    a * a + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0 - 0.397_887_357_729_738
}

fn branin_space() -> Space {
    Space::new(vec![real("x", -5.0, 10.0, Scale::Linear), real("y", 0.0, 15.0, Scale::Linear)]).expect("a space")
}

/// Source: Dixon & Szegö 1978.
fn hartmann6(settings: &Settings) -> f64 {
    const ALPHA: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const A: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const P: [[f64; 6]; 4] = [
        [1312.0, 1696.0, 5569.0, 124.0, 8283.0, 5886.0],
        [2329.0, 4135.0, 8307.0, 3736.0, 1004.0, 9991.0],
        [2348.0, 1451.0, 3522.0, 2883.0, 3047.0, 6650.0],
        [4047.0, 8828.0, 8732.0, 5743.0, 1091.0, 381.0],
    ];
    let x: Vec<f64> = (0..6).map(|d| number(settings, &format!("x{d}"))).collect();
    let well = |row: usize| -> f64 {
        let inner: f64 = (0..6).map(|d| A[row][d] * (x[d] - 1e-4 * P[row][d]).powi(2)).sum();
        ALPHA[row] * (-inner).exp()
    };
    3.322_368_011_415_5 - (0..4).map(well).sum::<f64>()
}

fn hartmann6_space() -> Space {
    Space::new((0..6).map(|d| real(&format!("x{d}"), 0.0, 1.0, Scale::Linear)).collect()).expect("a space")
}

/// A bowl as loss has it over the logarithms of a rate and a decay and over a momentum.
fn bowl(settings: &Settings) -> f64 {
    let rate = (number(settings, "rate") / 3e-3).log10();
    let decay = (number(settings, "decay") / 1e-4).log10();
    let momentum = (1.0 - number(settings, "momentum")).log10() + 1.3;
    0.05 * rate * rate + 0.01 * decay * decay + 0.03 * momentum * momentum + 0.01 * rate * momentum
}

fn bowl_space() -> Space {
    Space::new(vec![
        real("rate", 1e-5, 1.0, Scale::Log),
        real("decay", 1e-7, 1e-1, Scale::Log),
        real("momentum", 0.5, 0.999, Scale::ReverseLog),
    ])
    .expect("a space")
}

/// The regrets after so many trials: of the search and of random search, for each of eight seeds.
fn regrets(space: &Space, objective: fn(&Settings) -> f64, trials: u64) -> (Vec<f64>, Vec<f64>) {
    let best_of = |values: Vec<f64>| values.into_iter().fold(f64::INFINITY, f64::min);
    let searched = (0..8u64).map(|seed| {
        let search = Search::new(space, Options { seed, first: None });
        let mut seen: Vec<Trial> = Vec::new();
        for _ in 0..trials {
            let settings = search.suggest(&seen);
            let outcome = Outcome::Value(objective(&settings));
            seen.push(Trial { settings, outcome, search: 0 });
        }
        best_of(seen.iter().filter_map(|trial| trial.outcome.value()).collect())
    });
    let random = |seed| best_of((0..trials).map(|trial| objective(&space.settings(&uniform(seed, trial, space.dimensions())))).collect());
    (searched.collect(), (0..8).map(random).collect())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[3] + sorted[4]) / 2.0
}

fn check(name: &str, space: &Space, objective: fn(&Settings) -> f64, trials: u64, limit: f64) {
    let (search, random) = regrets(space, objective, trials);
    println!("{name}: search {search:.2?} median {:.2e}; random {random:.2?} median {:.2e}", median(&search), median(&random));
    assert!(median(&search) <= limit, "{name}: {search:?}");
    assert!(search.iter().zip(&random).all(|(search, random)| search < random), "{name}: {search:?} {random:?}");
}

#[test]
fn branin_is_found_in_40_trials() {
    check("Branin", &branin_space(), branin, 40, 1e-3);
}

#[test]
fn hartmann6_is_found_in_60_trials() {
    check("Hartmann6", &hartmann6_space(), hartmann6, 60, 0.06);
}

#[test]
fn a_logarithmic_bowl_is_found_in_30_trials() {
    check("bowl", &bowl_space(), bowl, 30, 1e-3);
}
