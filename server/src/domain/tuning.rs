//! What can be tuned about a project's model, and what a search is told about its trials.

use labelwright_ml::train::TrainConfig;
use labelwright_tune::{Domain, Parameter, Plan, Scale, Settings, Space, Stopping, Value, bayes::Outcome};
use serde_json::Map;
use uuid::Uuid;

/// Changes to how heads are trained, by the names of [`TrainConfig`]'s fields.
pub type HeadSettings = Map<String, serde_json::Value>;

/// Trials of one search that may run at the same time.
pub const MAX_PARALLEL: i64 = 16;
/// Trials of one search, fewer than a search without a server may have: each is a job.
pub const MAX_TRIALS: u32 = 500;
/// Labeled images below which there is too little to hold some out.
pub const MIN_LABELS: usize = 8;

/// How many of so many labeled images are held out: trials are measured on them, and never learn from them. Images of the validation subset
/// do neither.
#[must_use]
pub fn held_out(labeled: usize) -> usize {
    (labeled / 3).max(1)
}

/// The order in which images are held out: the low half of an id is random, so it says nothing about when an image came.
#[must_use]
pub fn lot(image: Uuid) -> u64 {
    image.as_u64_pair().1
}

/// What the page offers, with ranges that are wide without being absurd.
#[must_use]
pub fn offered() -> Vec<Parameter> {
    let real = |min, max, scale| Domain::Real { min, max, scale };
    let integer = |min, max, scale| Domain::Integer { min, max, scale };
    [
        ("learning_rate", real(1e-4, 3e-2, Scale::Log)),
        ("weight_decay", real(1e-6, 1e-1, Scale::Log)),
        ("width", integer(16, 128, Scale::Log)),
        ("dropout", real(0.0, 0.5, Scale::Linear)),
        ("dice", real(0.0, 2.0, Scale::Linear)),
        ("iterations", integer(100, 600, Scale::Log)),
        ("places_per_image", integer(64, 512, Scale::Log)),
    ]
    .into_iter()
    .map(|(name, domain)| Parameter { name: name.to_owned(), domain, only_if: None })
    .collect()
}

/// How often a trial is measured: as often as its stopping rule looks.
#[must_use]
pub fn epochs(stopping: &Stopping) -> usize {
    match stopping {
        Stopping::Never => 1,
        Stopping::Median(_) => 5,
        Stopping::Asha(halving) | Stopping::Hyperband(halving) => halving.epochs.clamp(1, 27) as usize,
    }
}

/// The values that the parameters have now.
#[must_use]
pub fn baseline(space: &Space, now: &TrainConfig) -> Settings {
    // Through text, because 0.1 as a 32-bit number is not 0.1 as a 64-bit one, and people shall see what they wrote.
    let fields: HeadSettings = serde_json::to_string(now).and_then(|text| serde_json::from_str(&text)).unwrap_or_default();
    let value = |parameter: &Parameter| {
        let value = fields.get(&parameter.name)?;
        match &parameter.domain {
            Domain::Integer { .. } => value.as_i64().map(Value::Integer),
            Domain::Real { .. } => value.as_f64().map(Value::Real),
            Domain::Categorical { .. } => value.as_str().map(|text| Value::Text(text.to_owned())),
        }
    };
    space.parameters().iter().filter_map(|parameter| Some((parameter.name.clone(), value(parameter)?))).collect()
}

/// Head settings with a trial's values in them.
#[must_use]
pub fn with(head: &HeadSettings, settings: &Settings) -> HeadSettings {
    let mut all = head.clone();
    for (name, value) in settings {
        let value = match value {
            Value::Integer(n) => (*n).into(),
            Value::Real(x) => serde_json::Number::from_f64(*x).map_or(serde_json::Value::Null, serde_json::Value::Number),
            Value::Text(text) => text.clone().into(),
        };
        all.insert(name.clone(), value);
    }
    all
}

/// # Errors
/// What is wrong with a plan, in words for the manager.
pub fn check(plan: &Plan, head: &HeadSettings) -> Result<(), String> {
    if !(1..=MAX_TRIALS).contains(&plan.trials) {
        return Err(format!("trials must be between 1 and {MAX_TRIALS}, not {}", plan.trials));
    }
    plan.check().map_err(|error| error.to_string())?;
    for end in [0.0, 1.0] {
        let corner = plan.space.settings(&vec![end; plan.space.dimensions()]);
        TrainConfig::with(&with(head, &corner)).map_err(|error| format!("the model can't be trained at the end of a range: {error}"))?;
    }
    Ok(())
}

/// A trial as its search sees it: the objective is what is missing of a mean IoU of 1, so that less is better.
#[must_use]
pub fn outcome(open: bool, value: Option<f64>) -> Outcome {
    match value {
        _ if open => Outcome::Pending,
        Some(miou) => Outcome::Value(1.0 - miou),
        None => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(parameters: Vec<Parameter>) -> Plan {
        let space = Space::new(parameters).unwrap();
        let baseline = Some(baseline(&space, &TrainConfig::default()));
        Plan { space, strategy: Default::default(), trials: 10, seed: 1, stopping: Stopping::Never, baseline }
    }

    #[test]
    fn what_is_offered_can_be_tried_and_holds_what_is_used_now() {
        let plan = plan(offered());
        assert_eq!(check(&plan, &HeadSettings::new()), Ok(()));
        let now = plan.baseline.unwrap();
        assert_eq!(now.get("weight_decay"), Some(&Value::Real(1e-4)));
        assert_eq!(TrainConfig::with(&with(&HeadSettings::new(), &now)), Ok(TrainConfig::default()));
    }

    #[test]
    fn what_the_model_does_not_know_is_refused_by_name() {
        let mut unknown = offered();
        unknown[0].name = "learnig_rate".into();
        let mut plan = plan(unknown);
        assert!(check(&plan, &HeadSettings::new()).unwrap_err().contains("learnig_rate"), "not a value of what is used now");
        plan.baseline = None;
        assert!(check(&plan, &HeadSettings::new()).unwrap_err().contains("learnig_rate"));
        plan.trials = MAX_TRIALS + 1;
        assert!(check(&plan, &HeadSettings::new()).unwrap_err().contains("501"));
    }

    #[test]
    fn a_third_is_held_out_and_always_one() {
        assert_eq!([1, 2, 8, 152].map(held_out), [1, 1, 2, 50]);
    }
}
