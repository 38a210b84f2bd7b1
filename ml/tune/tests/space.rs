//! Spaces, and the settings that they give.

use labelwright_tune::{Domain, Parameter, Scale, Space, SpaceError, Value, grid::Grid, space::Condition};
use proptest::prelude::*;

fn real(name: &str, min: f64, max: f64, scale: Scale) -> Parameter {
    Parameter { name: name.into(), domain: Domain::Real { min, max, scale }, only_if: None }
}

fn integer(name: &str, min: i64, max: i64, scale: Scale) -> Parameter {
    Parameter { name: name.into(), domain: Domain::Integer { min, max, scale }, only_if: None }
}

fn choice(name: &str, choices: &[&str]) -> Parameter {
    let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
    Parameter { name: name.into(), domain: Domain::Categorical { choices }, only_if: None }
}

fn momentum_of_sgd() -> Parameter {
    let only_if = Some(Condition { parameter: "optimizer".into(), is_one_of: vec!["sgd".into()] });
    Parameter { only_if, ..real("momentum", 0.5, 0.99, Scale::ReverseLog) }
}

fn training() -> Space {
    Space::new(vec![
        real("rate", 1e-5, 1e-1, Scale::Log),
        integer("width", 8, 128, Scale::Log),
        choice("optimizer", &["sgd", "adamw"]),
        momentum_of_sgd(),
    ])
    .expect("a space")
}

#[test]
fn the_middle_of_a_scale_is_its_mean() {
    let at = |parameter: Parameter| parameter.domain.value(0.5);
    assert_eq!(at(real("x", 2.0, 4.0, Scale::Linear)), Value::Real(3.0));
    let Value::Real(rate) = at(real("x", 1e-4, 1e-2, Scale::Log)) else { panic!() };
    assert!((rate - 1e-3).abs() < 1e-12, "{rate}");
    let Value::Real(momentum) = at(real("x", 0.9, 0.999, Scale::ReverseLog)) else { panic!() };
    assert!((momentum - 0.99).abs() < 1e-12, "{momentum}");
}

#[test]
fn whole_numbers_have_equal_shares() {
    let dice = integer("dice", 1, 6, Scale::Linear);
    let mut counts = [0; 6];
    for step in 0..6000 {
        let Value::Integer(n) = dice.domain.value((f64::from(step) + 0.5) / 6000.0) else { panic!() };
        counts[n as usize - 1] += 1;
    }
    assert_eq!(counts, [1000; 6]);
}

#[test]
fn nonsense_is_refused_with_its_reason() {
    let refused = |parameters: Vec<Parameter>| Space::new(parameters).unwrap_err().to_string();
    assert_eq!(Space::new(vec![]), Err(SpaceError::Empty));
    assert!(refused(vec![real("x", 1.0, 1.0, Scale::Linear)]).contains("empty"));
    assert!(refused(vec![real("x", 0.0, 1.0, Scale::Log)]).contains("above 0"));
    assert!(refused(vec![real("x", 0.5, 1.0, Scale::ReverseLog)]).contains("without 1"));
    assert!(refused(vec![real("x", f64::NAN, 1.0, Scale::Linear)]).contains("finite"));
    assert!(refused(vec![real("x", 0.0, 1.0, Scale::Linear), choice("x", &["a"])]).contains("two parameters"));
    assert!(refused(vec![choice("x", &["a", "a"])]).contains("twice"));
    assert!(refused(vec![momentum_of_sgd(), choice("optimizer", &["sgd"])]).contains("stands before"));
    assert!(refused((0..41).map(|n| real(&n.to_string(), 0.0, 1.0, Scale::Linear)).collect()).contains("41"));
    assert!(serde_json::from_str::<Space>(r#"[{"name": "x", "type": "real", "min": 2, "max": 1}]"#).is_err());
}

#[test]
fn a_space_is_read_from_json() {
    let text = r#"[{"name": "rate", "type": "real", "min": 1e-5, "max": 0.1, "scale": "log"},
        {"name": "width", "type": "integer", "min": 8, "max": 128, "scale": "log"},
        {"name": "optimizer", "type": "categorical", "choices": ["sgd", "adamw"]},
        {"name": "momentum", "type": "real", "min": 0.5, "max": 0.99, "scale": "reverse_log",
         "only_if": {"parameter": "optimizer", "is_one_of": ["sgd"]}}]"#;
    let space: Space = serde_json::from_str(text).unwrap();
    assert_eq!(space, training());
    assert_eq!(serde_json::from_value::<Space>(serde_json::to_value(&space).unwrap()).unwrap(), space);
}

#[test]
fn a_grid_has_every_combination_once() {
    let space = training();
    let all: Vec<_> = Grid::new(&space, 3).iter().collect();
    // 3 rates × 3 widths × (3 momenta of sgd + adamw without one)
    assert_eq!(all.len(), 3 * 3 * 4);
    let different: std::collections::BTreeSet<_> = all.iter().map(|settings| serde_json::to_string(settings).unwrap()).collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(all.first().unwrap()["rate"], Value::Real(1e-5));
    assert_eq!(all.last().unwrap()["rate"], Value::Real(1e-1));
    assert_eq!((all.first().unwrap()["width"].clone(), all.last().unwrap()["width"].clone()), (Value::Integer(8), Value::Integer(128)));
    let small = Space::new(vec![integer("n", 1, 3, Scale::Linear)]).unwrap();
    assert_eq!(Grid::new(&small, 10).iter().count(), 3);
    let wide = Space::new(vec![integer("n", 1, 100, Scale::Log)]).unwrap();
    for steps in [2, 5, 50, 100, 200] {
        let all: Vec<_> = Grid::new(&wide, steps).iter().map(|settings| format!("{:?}", settings["n"])).collect();
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!((all[0].as_str(), all[all.len() - 1].as_str(), different.len()), ("Integer(1)", "Integer(100)", all.len()));
        assert!(steps < 100 || all.len() == 100);
    }
    let huge = Space::new((0..40).map(|n| real(&n.to_string(), 0.0, 1.0, Scale::Linear)).collect()).unwrap();
    assert_eq!((Grid::new(&huge, 100).combinations(), Grid::new(&huge, 100).settings(0)), (None, None));
}

proptest! {
    #[test]
    fn settings_and_points_go_both_ways(point in prop::collection::vec(0.0..=1.0f64, 4)) {
        let space = training();
        let settings = space.settings(&point);
        prop_assert_eq!(settings.contains_key("momentum"), settings["optimizer"] == Value::Text("sgd".into()));
        let back = space.point(&settings).unwrap();
        let again = space.settings(&back);
        for (name, value) in &settings {
            match (value, &again[name]) {
                (Value::Real(a), Value::Real(b)) => prop_assert!((a / b - 1.0).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn any_coordinate_gives_settings_within_range(point in prop::collection::vec(any::<f64>(), 0..6)) {
        let space = training();
        prop_assert!(space.point(&space.settings(&point)).is_some());
    }
}
