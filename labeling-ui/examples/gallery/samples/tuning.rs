//! Searches for settings.

use labelwright_ui::{
    Section,
    pages::{
        TuningPage, TuningsPage,
        tuning::{Axis, BeliefPoint, Offered, TrialRow, TuningRow},
    },
};

use super::{MINUTE, NOW, Words, project};

fn row(w: Words, id: &str, state: &str, over: u64, best: Option<f64>) -> TuningRow {
    TuningRow {
        id: id.into(),
        state: state.into(),
        strategy: "Bayesian".into(),
        over,
        trials: 24,
        best,
        before: best.map(|_| 0.782),
        created_ms: NOW - 34 * MINUTE,
        message: if state == "done" { w("trial 17 reached a mean IoU of 0.823, against 0.782 before") } else { String::new() },
    }
}

pub fn tunings(w: Words) -> TuningsPage {
    let offer = |name: &str, title: &str, about: &str, min: &str, max: &str, now: &str| Offered {
        name: name.into(),
        title: title.into(),
        about: about.into(),
        integer: name == "width",
        scale: "log".into(),
        min: min.into(),
        max: max.into(),
        now: now.into(),
        chosen: name != "dropout",
    };
    TuningsPage {
        layout: project(w, Section::Tuning),
        tunings: vec![row(w, "t1", "done", 24, Some(0.823)), row(w, "t2", "stopped", 3, None)],
        parameters: vec![
            offer("learning_rate", "Learning rate", "size of the first steps", "0.0001", "0.03", "0.003"),
            offer("weight_decay", "Weight decay", "pull of the weights towards 0", "0.000001", "0.1", "1e-4"),
            offer("width", "Width", "channels of the hidden layers", "16", "128", "64"),
            offer("dropout", "Dropout", "share of the inputs left out in each step", "0", "0.5", "0.1"),
        ],
        labels: 152,
        needed: 8,
        can_manage: true,
    }
}

pub fn tuning(w: Words, over: u32) -> TuningPage {
    let axis = |name: &str, title: &str, ends: [&str; 5]| Axis {
        name: name.into(),
        title: title.into(),
        low: ends[0].into(),
        high: ends[4].into(),
        ticks: ends.iter().enumerate().map(|(n, text)| (n as f64 / 4.0, (*text).to_owned())).collect(),
    };
    // Best at a place of 0.62 on the first axis, better with more of the second.
    let miou = |a: f64, b: f64| 0.825 - 0.35 * (a - 0.62f64).powi(2) - 0.05 * (1.0 - b);
    let trial = |number: u32| {
        let place = |k: f64| (f64::from(number + 1) * k).fract();
        let (a, b, c) = (place(0.618_034), place(0.754_878), place(0.569_84));
        let state = match number {
            9 => "failed",
            4 | 13 | 20 => "stopped",
            23 => "open",
            _ => "done",
        };
        let value = (state != "failed" && state != "open").then(|| miou(a, b) - if state == "stopped" { 0.06 } else { 0.0 });
        TrialRow {
            number,
            state: state.into(),
            values: vec![
                format!("{:.1e}", 1e-4 * 300f64.powf(a)),
                format!("{:.1e}", 1e-6 * 1e5f64.powf(b)),
                format!("{}", (16.0 * 8f64.powf(c)) as u32),
            ],
            places: vec![Some(a), Some(b), Some(c)],
            value,
            seconds: value.map(|_| 21.0),
            message: if state == "failed" { w("the loss stopped being a number at step 31") } else { String::new() },
            best: false,
        }
    };
    let mut trials: Vec<TrialRow> = (0..over).map(trial).collect();
    let best = trials
        .iter()
        .filter(|trial| trial.state == "done")
        .max_by(|a, b| a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal));
    let best = best.map(|trial| (trial.number, trial.value));
    if let Some((number, _)) = best {
        trials[number as usize].best = true;
    }
    let belief = |n: u32| {
        let place = f64::from(n) / 96.0;
        let (mean, deviation) = (miou(place, 0.9), 0.004 + 0.02 * (place - 0.5).abs());
        let gain = -((place - 0.66) / 0.09).powi(2);
        BeliefPoint { place, value: format!("{:.1e}", 1e-4 * 300f64.powf(place)), miou: mean, deviation, log_gain: gain - 6.0 }
    };
    TuningPage {
        layout: project(w, Section::Tuning),
        tuning: row(w, "t1", "running", u64::from(over.saturating_sub(1)), best.and_then(|(_, value)| value)),
        axes: vec![
            axis("learning_rate", "Learning rate", ["1e-4", "4e-4", "0.0017", "0.0072", "0.03"]),
            axis("weight_decay", "Weight decay", ["1e-6", "1.8e-5", "3.2e-4", "0.0056", "0.1"]),
            axis("width", "Width", ["16", "27", "45", "76", "128"]),
        ],
        belief: if trials.is_empty() { vec![] } else { (0..97).map(belief).collect() },
        trials,
        along: 0,
        can_manage: true,
    }
}
