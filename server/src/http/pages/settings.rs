//! A project's settings.

use actix_web::HttpResponse;
use labelwright_ui::{
    Section,
    pages::{
        SettingsPage,
        settings::{ChecksForm, MemberRow, PolicyForm, QuestionRow, UserOption},
    },
};

use super::{html, models::mode_word, view, visit::Member};
use crate::{
    domain::{
        attributes::{AttributeKind, AttributeSpec},
        policy::{Checks, Fusion, Policy},
    },
    http::error::Result,
    store::{Role, projects, users},
};

/// People that can be chosen from; a larger workspace adds them through the API.
const PEOPLE: i64 = 500;

/// `GET /projects/{project}/settings`.
pub async fn page(mut member: Member) -> Result<HttpResponse> {
    let layout = member.layout(Section::Settings, "Settings").await?;
    let (manages, draws) = (member.may(Role::Manager), member.may(Role::Annotator));
    let (id, me, tx) = (member.project.id, member.user.id, &mut member.tx);
    let classes = projects::classes(tx, id).await?;
    let seen = projects::classes_seen(tx, id).await?;
    let mut members = projects::members(tx, id, PEOPLE).await?;
    if !draws {
        // Viewers may be guests; who works here is not for them.
        members.retain(|row| row.user_id == me);
    }
    let candidates = if manages { users::list(tx, "", PEOPLE).await? } else { Vec::new() };
    let candidates = candidates
        .into_iter()
        .filter(|user| !user.disabled && members.iter().all(|row| row.user_id != user.id))
        .map(|user| UserOption { id: user.id.to_string(), login: user.login, name: user.name })
        .collect();
    let members = members.into_iter().map(|row| MemberRow {
        is_me: row.user_id == me,
        user_id: row.user_id.to_string(),
        login: row.login,
        name: row.name,
        role: row.role.to_string(),
    });
    let members = members.collect();
    let mut questions = Vec::new();
    for class in &classes {
        let index = u8::try_from(class.idx).unwrap_or(u8::MAX);
        questions.extend(class.questions()?.into_iter().map(|spec| question(index, spec)));
    }
    let project = member.project;
    html(&SettingsPage {
        layout,
        name: project.name,
        instructions: project.instructions,
        paused: project.paused,
        classes: classes
            .into_iter()
            .map(|class| {
                let in_use = seen.contains(&class.idx);
                view::class(class, in_use)
            })
            .collect(),
        questions,
        policy: form(&project.policy),
        checks: checks(&project.policy.checks),
        members,
        candidates,
        can_manage: manages,
    })
}

fn checks(checks: &Checks) -> ChecksForm {
    let text = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    ChecksForm { unlabeled: text(checks.unlabeled), tiny: text(checks.tiny), overlap: text(checks.overlap), attributes: checks.attributes }
}

fn question(class: u8, spec: AttributeSpec) -> QuestionRow {
    let (kind, detail) = match spec.kind {
        AttributeKind::Choice { options } => ("choice", options.join(", ")),
        AttributeKind::Checkbox => ("checkbox", String::new()),
        AttributeKind::Number { min: None, max: None, .. } => ("number", String::new()),
        AttributeKind::Number { min, max, .. } => {
            let text = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
            ("number", format!("{} to {}", text(min), text(max)).trim().to_owned())
        }
        AttributeKind::Text { max_length } => ("text", max_length.map_or_else(String::new, |length| length.to_string())),
    };
    QuestionRow { class, name: spec.name, kind: kind.to_owned(), detail, required: spec.required }
}

fn form(policy: &Policy) -> PolicyForm {
    PolicyForm {
        mode: mode_word(policy.mode).to_owned(),
        threshold: policy.threshold,
        target_miou: policy.target_miou,
        opinions: u32::from(policy.opinions),
        quorum: policy.quorum,
        fusion: match policy.fusion {
            Fusion::Weighted => "weighted".to_owned(),
            Fusion::Majority => "majority".to_owned(),
        },
        validation_share: policy.validation_share,
        retrain_after_labels: policy.retrain_after_labels,
        retrain_every_minutes: policy.retrain_every_minutes,
        lease_seconds: policy.lease_seconds,
        random_share: policy.random_share,
        input_size: policy.input_size,
    }
}
