//! A model asked about any picture.

use actix_web::HttpResponse;
use labelwright_ui::{
    Section,
    pages::{TryItPage, try_it::ModelInUse},
};
use uuid::Uuid;

use super::{
    html,
    models::Figures,
    view,
    visit::{Member, count, number},
};
use crate::{
    http::error::Result,
    store::{
        Role,
        images::{self, Filter},
        models,
    },
};

/// Images of the project that are offered.
const IMAGES: i64 = 8;

/// `GET /projects/{project}/try`.
pub async fn page(mut member: Member) -> Result<HttpResponse> {
    let layout = member.layout(Section::TryIt, "Try it").await?;
    let (id, tx) = (member.project.id, &mut member.tx);
    let model = models::newest(tx, id).await?.map(|model| ModelInUse {
        version: number(model.version),
        created_ms: model.created_ms.0,
        labels: count(model.labels),
        miou: Figures::of(&model).miou,
        threshold: model.threshold,
    });
    let found = images::list(tx, id, &Filter::default(), Uuid::nil(), IMAGES).await?;
    let images = found.into_iter().map(|image| view::card(image, false)).collect();
    html(&TryItPage { layout, model, images, can_manage: member.may(Role::Manager) })
}
