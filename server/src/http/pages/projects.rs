//! The list of projects.

use actix_web::{HttpResponse, web};
use labelwright_ui::{
    Section,
    pages::{ProjectsPage, projects::ProjectCard},
    parts::Progress,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    html,
    visit::{Visit, count, number},
};
use crate::{
    http::error::Result,
    store::{
        Role,
        projects::{self, Card},
    },
};

const PAGE: i64 = 24;

#[derive(Deserialize)]
pub struct After {
    after: Option<Uuid>,
}

/// `GET /projects`.
pub async fn page(visit: Visit, query: web::Query<After>) -> Result<HttpResponse> {
    let after = query.after.unwrap_or_default();
    let cards = projects::cards(&mut visit.ctx.db.read().await?, visit.user.id, visit.user.admin, after, PAGE).await?;
    let next = if cards.len() as i64 == PAGE { cards.last().map(|card| card.id.to_string()) } else { None };
    let layout = visit.layout(Section::Projects, "Projects");
    html(&ProjectsPage { layout, projects: cards.into_iter().map(card).collect(), next })
}

fn card(card: Card) -> ProjectCard {
    ProjectCard {
        id: card.id.to_string(),
        name: card.name,
        role: card.role.unwrap_or(Role::Manager).to_string(),
        paused: card.paused,
        progress: Progress {
            images: count(card.waiting + card.people + card.machine + card.disagree + card.skipped),
            people: count(card.people),
            machine_provisional: count(card.machine),
            disagree: count(card.disagree),
            skipped: count(card.skipped),
            waiting: count(card.waiting),
            ..Progress::default()
        },
        members: count(card.members),
        classes: count(card.classes),
        model: card.model.map(number),
    }
}
