//! A project at a glance.

use actix_web::HttpResponse;
use labelwright_ui::{
    Section,
    pages::{
        OverviewPage,
        overview::{Round, ThresholdView},
    },
};

use super::{
    html,
    models::Figures,
    view,
    visit::{Member, count, number},
};
use crate::{
    domain::policy::{Mode, Policy},
    flow::progress,
    http::{api::progress::people_of, error::Result},
    store::{JobKind, Millis, Role, jobs, labels, models, models::Model},
};

/// Models in the chart of rounds, jobs in the list.
const ROUNDS: i64 = 200;
const JOBS: i64 = 10;

/// `GET /projects/{project}`.
pub async fn page(mut member: Member) -> Result<HttpResponse> {
    let title = member.project.name.clone();
    let layout = member.layout(Section::Overview, &title).await?;
    let (id, tx) = (member.project.id, &mut member.tx);
    let progress = progress::of(tx, id).await?;
    let models = models::list(tx, id, ROUNDS).await?;
    let jobs = jobs::list(tx, id, JOBS).await?;
    let trained = jobs::last_of_kind(tx, id, JobKind::Train).await?.unwrap_or(Millis(0));
    let fresh = labels::new_since(tx, id, trained).await?;
    let mut people = people_of(tx, id).await?;
    if !member.role.covers(Role::Reviewer) {
        // How the others do is for those who lead the work.
        people.retain(|person| person.user.id == member.user.id);
    }
    let figures: Vec<(&Model, Figures)> = models.iter().map(|model| (model, Figures::of(model))).collect();
    // The newest model has no figures while it is being measured.
    let measured = figures.iter().find(|(_, figures)| figures.miou.is_some());
    let policy = &member.project.policy;
    html(&OverviewPage {
        layout,
        paused: member.project.paused,
        progress: view::figures(&progress),
        threshold: measured.map(|(model, figures)| threshold(model, figures, policy)),
        rounds: figures
            .iter()
            .rev()
            .filter_map(|(model, figures)| Some(Round { version: number(model.version), miou: figures.miou?, labels: count(model.labels) }))
            .collect(),
        validation_images: measured.map_or(0, |(_, figures)| figures.validation_images),
        people: people.into_iter().map(view::person).collect(),
        jobs: jobs.into_iter().map(view::job).collect(),
        labels_since_training: count(fresh),
        retrain_after_labels: u64::from(policy.retrain_after_labels),
    })
}

fn threshold(model: &Model, figures: &Figures, policy: &Policy) -> ThresholdView {
    let aims = matches!(policy.mode, Mode::Target | Mode::Certified);
    ThresholdView {
        model_version: number(model.version),
        mode: super::models::mode_word(policy.mode).to_owned(),
        target: aims.then_some(policy.target_miou),
        threshold: model.threshold,
        coverage: figures.coverage,
        miou: model.threshold.and_then(|threshold| figures.miou_at(threshold)),
        curve: figures.curve(),
    }
}
