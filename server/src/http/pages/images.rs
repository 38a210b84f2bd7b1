//! A project's images as a grid.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use labelwright_ui::{Section, pages::ImagesPage};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    html, view,
    visit::{Member, count},
};
use crate::{
    http::error::Result,
    store::{
        ImageState, LabelSource, Role,
        images::{self, Filter},
        projects, tasks,
    },
};

const PAGE: i64 = 60;

/// Holders that are looked up to mark images as being worked on.
const HELD: i64 = 500;

/// The address's query; a filter that makes no sense is none.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Grid {
    state: String,
    subset: String,
    source: String,
    q: String,
    after: String,
}

impl Grid {
    fn filter(&self) -> Filter {
        let held = self.state == "leased";
        let name = self.q.trim();
        Filter {
            state: if held { Some(ImageState::Waiting) } else { self.state.parse().ok() },
            subset: self.subset.parse().ok(),
            source: if self.source == "machine" { Some(LabelSource::Model) } else { self.source.parse().ok() },
            name: (!name.is_empty()).then(|| name.to_owned()),
            held,
        }
    }
}

/// `GET /projects/{project}/images`.
pub async fn page(mut member: Member, grid: web::Query<Grid>) -> Result<HttpResponse> {
    let layout = member.layout(Section::Images, "Images").await?;
    let (grid, id, now, tx) = (grid.into_inner(), member.project.id, member.now, &mut member.tx);
    let filter = grid.filter();
    let after: Uuid = grid.after.parse().unwrap_or_default();
    let found = images::list(tx, id, &filter, after, PAGE).await?;
    let held: HashSet<Uuid> = tasks::held_now(tx, id, now, HELD).await?.iter().map(|row| row.image_id).collect();
    let total = if filter.subset.is_none() && filter.source.is_none() && filter.name.is_none() && !filter.held {
        match filter.state {
            None => Some(count(projects::summary(tx, id).await?.images)),
            Some(state) => {
                let counts = images::counts(tx, id).await?;
                Some(counts.iter().find(|row| row.state == state).map_or(0, |row| count(row.n)))
            }
        }
    } else {
        // Counting matches of a name means looking at every image.
        None
    };
    let next = if found.len() as i64 == PAGE { found.last().map(|image| image.id.to_string()) } else { None };
    let cards = found.into_iter().map(|image| {
        let held = held.contains(&image.id);
        view::card(image, held)
    });
    html(&ImagesPage {
        layout,
        images: cards.collect(),
        total,
        after: if after.is_nil() { String::new() } else { grid.after },
        next,
        can_upload: member.role.covers(Role::Manager),
        state: grid.state,
        subset: grid.subset,
        source: grid.source,
        q: grid.q,
    })
}
