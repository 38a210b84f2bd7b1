//! Searching for better settings.

use actix_web::{HttpResponse, web};
use labelwright_ml::train::TrainConfig;
use labelwright_tune::{Domain, Parameter, Plan, Scale, Settings, Space, Strategy, Value};
use labelwright_ui::{
    Section,
    pages::{
        TuningPage, TuningsPage,
        tuning::{Axis, BeliefPoint, Offered, TrialRow, TuningRow},
    },
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    html,
    visit::{Member, count, number},
};
use crate::{
    domain::tuning::{MAX_TRIALS, MIN_LABELS, baseline, offered},
    flow,
    http::error::{ApiError, Result},
    store::{
        self, Role, TrialState, labels,
        tunings::{self, Trial, Tuning},
    },
};

const TUNINGS: i64 = 50;
/// Points at which the belief is drawn.
const POINTS: usize = 97;
/// Settings that are searched unless somebody chooses others.
const USUAL: usize = 4;

/// What a setting is called, and what it is.
fn words(name: &str) -> (&str, &'static str) {
    match name {
        "learning_rate" => ("Learning rate", "size of the first steps"),
        "weight_decay" => ("Weight decay", "pull of the weights towards 0"),
        "width" => ("Width", "channels of the hidden layers"),
        "dropout" => ("Dropout", "share of the inputs left out in each step"),
        "dice" => ("Dice", "weight of the overlap beside cross-entropy"),
        "iterations" => ("Steps", "of each head"),
        "places_per_image" => ("Places", "drawn from each image in a step"),
        other => (other, ""),
    }
}

/// A number as short as it can be said with three digits.
fn short(x: f64) -> String {
    let size = x.abs();
    if size > 0.0 && !(1e-3..1e5).contains(&size) {
        let text = format!("{x:.1e}");
        return text.replace(".0e", "e");
    }
    let digits = (2 - size.max(1e-9).log10().floor() as i32).clamp(0, 5);
    let text = format!("{x:.*}", digits as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn said(value: &Value) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        Value::Real(x) => short(*x),
        Value::Text(text) => text.clone(),
    }
}

/// `GET /projects/{project}/tuning`.
pub async fn list(mut member: Member) -> Result<HttpResponse> {
    let layout = member.layout(Section::Tuning, "Tuning").await?;
    let (id, tx) = (member.project.id, &mut member.tx);
    let mut rows = Vec::new();
    for tuning in tunings::list(tx, id, TUNINGS).await? {
        let trials = tunings::trials(tx, tuning.id, i64::from(MAX_TRIALS)).await?;
        rows.push(row(&tuning, &flow::tuning::plan_of(&tuning)?, &trials));
    }
    let labels = labels::train_labeled(tx, id).await?;
    let config = TrainConfig::with(&member.project.policy.head).unwrap_or_default();
    let now = Space::new(offered()).map(|space| baseline(&space, &config)).unwrap_or_default();
    html(&TuningsPage {
        layout,
        tunings: rows,
        parameters: offered().iter().enumerate().map(|(place, parameter)| offer(parameter, &now, place < USUAL)).collect(),
        labels: count(labels),
        needed: MIN_LABELS as u64,
        can_manage: member.role.covers(Role::Manager),
    })
}

fn offer(parameter: &Parameter, now: &Settings, chosen: bool) -> Offered {
    let scale = |scale: Scale| match scale {
        Scale::Linear => "linear",
        Scale::Log => "log",
        Scale::ReverseLog => "reverse_log",
    };
    let (min, max, scale, integer) = match &parameter.domain {
        Domain::Real { min, max, scale: on } => (min.to_string(), max.to_string(), scale(*on), false),
        Domain::Integer { min, max, scale: on } => (min.to_string(), max.to_string(), scale(*on), true),
        Domain::Categorical { .. } => (String::new(), String::new(), "linear", false),
    };
    let (title, about) = words(&parameter.name);
    Offered {
        name: parameter.name.clone(),
        title: title.to_owned(),
        about: about.to_owned(),
        integer,
        scale: scale.to_owned(),
        min,
        max,
        now: now.get(&parameter.name).map(said).unwrap_or_default(),
        chosen,
    }
}

fn row(tuning: &Tuning, plan: &Plan, trials: &[Trial]) -> TuningRow {
    let strategy = match plan.strategy {
        Strategy::Bayesian => "Bayesian",
        Strategy::Random => "random",
        Strategy::Sobol => "Sobol",
        Strategy::Grid { .. } => "grid",
    };
    let ended = |trial: &&Trial| trial.state != TrialState::Open;
    TuningRow {
        id: tuning.id.to_string(),
        state: tuning.state.to_string(),
        strategy: strategy.to_owned(),
        over: trials.iter().filter(ended).count() as u64,
        trials: u64::from(plan.trials),
        best: flow::tuning::best_of(trials).and_then(|trial| trial.value),
        before: trials.first().filter(ended).filter(|first| first.state != TrialState::Failed).and_then(|first| first.value),
        created_ms: tuning.created_ms.0,
        message: tuning.message.clone(),
    }
}

#[derive(Deserialize)]
pub struct Along {
    parameter: Option<String>,
}

/// `GET /projects/{project}/tuning/{tuning}`.
pub async fn page(mut member: Member, path: web::Path<(String, Uuid)>, along: web::Query<Along>) -> Result<HttpResponse> {
    let id = path.1;
    let layout = member.layout(Section::Tuning, "Tuning").await?;
    let (project, tx) = (member.project.id, &mut member.tx);
    let tuning = tunings::get(tx, id).await?.filter(|tuning| tuning.project_id == project).ok_or(ApiError::NotFound("tuning"))?;
    let trials = tunings::trials(tx, id, i64::from(MAX_TRIALS)).await?;
    let plan = flow::tuning::plan_of(&tuning)?;
    let parameters = plan.space.parameters();
    let chosen = along.parameter.as_deref();
    let place = parameters.iter().position(|parameter| Some(parameter.name.as_str()) == chosen).unwrap_or(0);
    let belief = match parameters.get(place) {
        Some(parameter) => flow::tuning::slice(tx, &tuning, &trials, &parameter.name, POINTS).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    let best = flow::tuning::best_of(&trials).map(|trial| trial.number);
    let rows = trials.iter().map(|trial| trial_row(trial, parameters, best)).collect::<store::Result<_>>()?;
    html(&TuningPage {
        layout,
        tuning: row(&tuning, &plan, &trials),
        axes: parameters.iter().map(axis).collect(),
        trials: rows,
        along: place,
        belief: belief
            .iter()
            .map(|slice| BeliefPoint {
                place: slice.place,
                value: said(&slice.value),
                miou: 1.0 - slice.mean,
                deviation: slice.deviation,
                log_gain: slice.log_gain,
            })
            .collect(),
        can_manage: member.role.covers(Role::Manager),
    })
}

fn axis(parameter: &Parameter) -> Axis {
    let at = |u: f64| said(&parameter.domain.value(u));
    let ticks = match &parameter.domain {
        Domain::Categorical { choices } => {
            let n = choices.len() as f64;
            choices.iter().enumerate().map(|(place, choice)| ((place as f64 + 0.5) / n, choice.clone())).collect()
        }
        _ => [0.0, 0.25, 0.5, 0.75, 1.0].map(|u| (u, at(u))).to_vec(),
    };
    Axis { name: parameter.name.clone(), title: words(&parameter.name).0.to_owned(), low: at(0.0), high: at(1.0), ticks }
}

fn trial_row(trial: &Trial, parameters: &[Parameter], best: Option<i64>) -> store::Result<TrialRow> {
    let settings = flow::tuning::settings_of(trial)?;
    Ok(TrialRow {
        number: number(trial.number),
        state: trial.state.to_string(),
        values: parameters.iter().map(|parameter| settings.get(&parameter.name).map(said).unwrap_or_default()).collect(),
        places: parameters.iter().map(|parameter| parameter.domain.place(settings.get(&parameter.name)?)).collect(),
        value: trial.value,
        seconds: trial.seconds,
        message: trial.message.clone(),
        best: Some(trial.number) == best,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (x, text) in
            [(0.003, "0.003"), (1e-4, "1e-4"), (2.53e-6, "2.5e-6"), (0.0, "0"), (0.12345, "0.123"), (64.0, "64"), (123_456.0, "1.2e5")]
        {
            assert_eq!(short(x), text);
        }
    }

    #[test]
    fn everything_that_is_offered_has_words() {
        for parameter in offered() {
            assert_ne!(words(&parameter.name).1, "", "{}", parameter.name);
        }
    }
}
