//! Whole searches by their plan: what is tried in which order, when they end, and what is shown of them.

#![allow(clippy::unwrap_used, reason = "a test that fails should stop right there")]

use labelwright_tune::{
    Plan, PlanError, Settings, Strategy, Value,
    bayes::{Outcome, Trial},
    best,
};

fn plan(strategy: Strategy, trials: u32) -> Plan {
    let text = r#"{"space": [
        {"name": "rate", "type": "real", "min": 1e-4, "max": 1.0, "scale": "log"},
        {"name": "mirror", "type": "categorical", "choices": ["no", "yes"]}],
        "trials": 1, "seed": 5, "baseline": {"rate": 0.1, "mirror": "no"}}"#;
    Plan { strategy, trials, ..serde_json::from_str(text).unwrap() }
}

/// 0 at a rate of 0.001 with mirroring.
fn objective(settings: &Settings) -> f64 {
    let (Value::Real(rate), Value::Text(mirror)) = (&settings["rate"], &settings["mirror"]) else { panic!("{settings:?}") };
    (rate.log10() + 3.0).powi(2) + if mirror == "yes" { 0.0 } else { 0.5 }
}

fn followed(plan: &Plan) -> Vec<Trial> {
    let mut trials = Vec::new();
    while let Some(settings) = plan.next(&trials) {
        let outcome = Outcome::Value(objective(&settings));
        trials.push(Trial { settings, outcome, search: 0 });
    }
    trials
}

#[test]
fn every_strategy_begins_with_what_there_was_and_ends() {
    for strategy in [Strategy::Random, Strategy::Sobol, Strategy::Bayesian, Strategy::Grid { steps: 5 }] {
        let plan = plan(strategy, 11);
        assert_eq!(plan.check(), Ok(()));
        let trials = followed(&plan);
        assert_eq!(trials.len(), 11, "{strategy:?}");
        assert_eq!(Some(&trials[0].settings), plan.baseline.as_ref());
        assert!(trials[1..].iter().all(|trial| plan.space.point(&trial.settings).is_some()));
        // A search that was cut off goes on as it would have.
        assert_eq!(plan.next(&trials[..6]).as_ref(), Some(&trials[6].settings));
    }
}

#[test]
fn a_grid_ends_with_its_last_combination_and_the_best_is_found() {
    let trials = followed(&plan(Strategy::Grid { steps: 5 }, 1000));
    assert_eq!(trials.len(), 1 + 5 * 2);
    let found = &trials[best(&trials).unwrap()];
    assert!(objective(&found.settings) < 1e-9, "{found:?}");
    assert_eq!(best(&[]), None);
}

#[test]
fn a_slice_is_lowest_where_the_best_lies() {
    let plan = plan(Strategy::Bayesian, 25);
    let trials = followed(&plan);
    let around = trials[best(&trials).unwrap()].settings.clone();
    let slice = plan.slice(&trials, "rate", &around, 41).unwrap();
    assert_eq!(slice.len(), 41);
    let low = slice.iter().min_by(|a, b| a.mean.total_cmp(&b.mean)).unwrap();
    assert!((low.place - 0.25).abs() < 0.05, "{low:?}");
    assert!(slice.iter().all(|point| point.deviation > 0.0 && point.log_gain.is_finite()));
    let choices = plan.slice(&trials, "mirror", &around, 41).unwrap();
    assert_eq!(choices.len(), 2);
    assert!(choices[1].mean < choices[0].mean, "{choices:?}");
    assert!(plan.slice(&trials, "width", &around, 9).is_none());
    assert!(plan.slice(&[], "rate", &around, 9).is_none());
}

#[test]
fn what_can_not_be_followed_is_refused_by_name() {
    let good = plan(Strategy::Bayesian, 10);
    assert_eq!(Plan { trials: 0, ..good.clone() }.check(), Err(PlanError::Trials(0)));
    assert_eq!(Plan { strategy: Strategy::Grid { steps: 0 }, ..good.clone() }.check(), Err(PlanError::Steps(0)));
    let mut outside = good.clone();
    outside.baseline.as_mut().unwrap().insert("rate".into(), Value::Real(2.0));
    assert_eq!(outside.check(), Err(PlanError::Baseline("rate".into())));
    let mut missing = good;
    missing.baseline.as_mut().unwrap().remove("mirror");
    assert_eq!(missing.check(), Err(PlanError::Baseline("mirror".into())));
}
