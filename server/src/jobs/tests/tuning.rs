//! Tunings from their beginning to what is made of them, with trials that fail, are cancelled, and lose their worker.

use labelwright_tune::{Plan, Stopping, Strategy};

use super::*;
use crate::{
    flow::{FlowError, tuning},
    jobs::clock::advance_tunings,
    store::{
        TrialState, TuningState,
        tunings::{self, Trial, Tuning},
    },
};

/// Fourteen labeled discs, and trainings of a second.
async fn discs() -> Fixture {
    let head = json!({ "iterations": 40, "width": 16, "heads": 1, "images_per_step": 4 }).as_object().unwrap().clone();
    let f = Fixture::new(Policy { input_size: 64, validation_share: 0.0, head, ..Policy::default() }).await;
    for number in 0..14 {
        let image = f.add(number).await;
        f.label(image, number).await;
    }
    f
}

fn plan(trials: u32) -> Plan {
    let space = r#"[{"name": "learning_rate", "type": "real", "min": 1e-4, "max": 0.1, "scale": "log"},
                    {"name": "width", "type": "integer", "min": 8, "max": 32}]"#;
    let space = serde_json::from_str(space).unwrap();
    Plan { space, strategy: Strategy::Sobol, trials, seed: 3, stopping: Stopping::Never, baseline: None }
}

async fn look(f: &Fixture, id: Uuid) -> (Tuning, Vec<Trial>) {
    let mut tx = f.ctx.db.read().await.unwrap();
    (tunings::get(&mut tx, id).await.unwrap().unwrap(), tunings::trials(&mut tx, id, 100).await.unwrap())
}

/// One worker runs jobs until there is none.
async fn work(f: &Fixture) -> usize {
    let mut n = 0;
    while let Some(job) = f.lease("w", 60).await {
        assert_eq!(job.kind, JobKind::Tune);
        run_job(&f.ctx, "w", job, &CancellationToken::new()).await;
        n += 1;
    }
    n
}

#[tokio::test]
async fn a_tuning_tries_what_was_there_first_goes_on_by_itself_and_what_it_found_is_taken_over() {
    let f = discs().await;
    let id = tuning::start(&f.ctx, &f.project, plan(4), 2, &[], f.user).await.unwrap();
    let (tuning, trials) = look(&f, id).await;
    assert_eq!((tuning.state, trials.len()), (TuningState::Running, 2), "as many at once as may be");
    let again = tuning::start(&f.ctx, &f.project, plan(4), 2, &[], f.user).await;
    assert!(matches!(again, Err(FlowError::Conflict(text)) if text.contains("Another tuning")));

    assert_eq!(work(&f).await, 4);
    let (tuning, trials) = look(&f, id).await;
    assert_eq!((tuning.state, trials.len()), (TuningState::Done, 4), "{}", tuning.message);
    let first: Value = serde_json::from_str(&trials[0].settings).unwrap();
    assert_eq!(first, json!({ "learning_rate": 0.003, "width": 16 }));
    assert!(trials.iter().all(|trial| trial.state == TrialState::Done && trial.value.is_some_and(|value| (0.0..=1.0).contains(&value))));
    let best = tuning::best_of(&trials).unwrap();
    assert!(trials.iter().all(|trial| trial.value <= best.value) && best.value > Some(0.3), "{:?}", best.value);
    assert!(tuning.message.contains("mean IoU"), "{}", tuning.message);

    let along = tuning::slice(&mut f.ctx.db.read().await.unwrap(), &tuning, &trials, "learning_rate", 9).await.unwrap().unwrap();
    assert!(along.len() == 9 && along.iter().all(|point| point.mean.is_finite() && point.deviation > 0.0));

    tuning::take_over(&f.ctx, &tuning, 1, f.user).await.unwrap();
    let project = projects::get(&mut f.ctx.db.read().await.unwrap(), f.project.id).await.unwrap().unwrap();
    let chosen: Value = serde_json::from_str(&trials[1].settings).unwrap();
    assert_eq!(project.policy.head["learning_rate"], chosen["learning_rate"]);
    assert_eq!(project.policy.head["iterations"], 40, "what was not searched stays");
    done(&f.run(JobKind::Train, json!({})).await);

    // The next search learns from this one, and begins with what is used now.
    let next = tuning::start(&f.ctx, &project, Plan { strategy: Strategy::Bayesian, ..plan(3) }, 1, &[id], f.user).await.unwrap();
    work(&f).await;
    let (tuning, later) = look(&f, next).await;
    assert_eq!((tuning.state, later.len()), (TuningState::Done, 3));
    assert_eq!(serde_json::from_str::<Value>(&later[0].settings).unwrap(), chosen);
}

#[tokio::test]
async fn trials_that_break_down_or_lose_their_worker_teach_and_the_search_goes_on() {
    let f = discs().await;
    let id = tuning::start(&f.ctx, &f.project, plan(4), 2, &[], f.user).await.unwrap();
    let (_, trials) = look(&f, id).await;
    let mut tx = f.ctx.db.write().await.unwrap();
    assert!(jobs::cancel(&mut tx, trials[0].job_id, Millis::now()).await.unwrap());
    tx.commit().await.unwrap();
    // The worker of the second one dies three times.
    for _ in 0..3 {
        assert_eq!(f.lease("w", -1).await.unwrap().id, trials[1].job_id);
        let mut tx = f.ctx.db.write().await.unwrap();
        jobs::reclaim(&mut tx, Millis::now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    advance_tunings(&f.ctx).await;
    let (_, trials) = look(&f, id).await;
    assert_eq!(
        trials.iter().map(|trial| trial.state).collect::<Vec<_>>(),
        [TrialState::Failed, TrialState::Failed, TrialState::Open, TrialState::Open]
    );
    assert_eq!(trials[0].message, "cancelled");
    assert!(trials[1].message.contains("died three times"), "{}", trials[1].message);

    work(&f).await;
    let (tuning, trials) = look(&f, id).await;
    assert_eq!((tuning.state, trials.len()), (TuningState::Done, 4));
    assert!(tuning.message.contains("2 of 4 trials failed"), "{}", tuning.message);
    let refused = tuning::take_over(&f.ctx, &tuning, 0, f.user).await;
    assert!(matches!(refused, Err(FlowError::Conflict(_))));
}

#[tokio::test]
async fn a_stopped_tuning_keeps_what_came_out_and_its_jobs_end() {
    let f = discs().await;
    let id = tuning::start(&f.ctx, &f.project, plan(9), 1, &[], f.user).await.unwrap();
    let job = f.lease("w", 60).await.unwrap();
    run_job(&f.ctx, "w", job, &CancellationToken::new()).await;
    tuning::stop(&f.ctx, id).await.unwrap();
    assert_eq!(work(&f).await, 0);
    let (tuning, trials) = look(&f, id).await;
    assert_eq!((tuning.state, trials.len()), (TuningState::Stopped, 2));
    assert!(trials[0].value.is_some() && trials[1].state == TrialState::Failed);
    assert!(matches!(tuning::stop(&f.ctx, id).await, Err(FlowError::Conflict(_))));
    // Somebody retries the cancelled job all the same: it finds its tuning over, and says so.
    let mut tx = f.ctx.db.write().await.unwrap();
    assert!(jobs::retry(&mut tx, trials[1].job_id).await.unwrap());
    tx.commit().await.unwrap();
    let job = f.lease("w", 60).await.unwrap();
    run_job(&f.ctx, "w", job, &CancellationToken::new()).await;
    assert!(f.job(trials[1].job_id).await.message.contains("The tuning is over"));
}

#[tokio::test]
async fn what_can_not_be_searched_is_refused_before_anything_is_stored() {
    let f = discs().await;
    let start = |plan: Plan, parallel| tuning::start(&f.ctx, &f.project, plan, parallel, &[], f.user);
    assert!(matches!(start(plan(0), 1).await, Err(FlowError::Invalid(_))));
    assert!(matches!(start(plan(4), 0).await, Err(FlowError::Invalid(_))));
    let strange = serde_json::from_str(r#"[{"name": "colour", "type": "categorical", "choices": ["red"]}]"#).unwrap();
    assert!(matches!(start(Plan { space: strange, ..plan(4) }, 1).await, Err(FlowError::Invalid(text)) if text.contains("colour")));
    let few = Fixture::new(Policy::default()).await;
    let refused = tuning::start(&few.ctx, &few.project, plan(4), 1, &[], few.user).await;
    assert!(matches!(refused, Err(FlowError::Invalid(text)) if text.contains("width")), "64 is not between 8 and 32");
}
