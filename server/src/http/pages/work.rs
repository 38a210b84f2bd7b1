//! The work board.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use labelwright_ui::{
    Section,
    pages::{
        WorkPage,
        work::{LoadRow, StateCount},
    },
    parts::TaskRow,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    html, view,
    visit::{Member, count},
};
use crate::{
    http::error::Result,
    store::{
        Role, TaskState, Tx, annotations, projects,
        tasks::{self, BoardRow, PersonCount},
        users,
    },
};

const PAGE: i64 = 50;

/// Assigned tasks that stand above the queue.
const GIVEN: i64 = 200;
const MEMBERS: i64 = 200;
const DAY_SECONDS: i64 = 86_400;

/// The states in the order of the board, and of the list of all tasks.
const ORDER: [TaskState; 5] = [TaskState::Leased, TaskState::Open, TaskState::Done, TaskState::Parked, TaskState::Skipped];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Board {
    state: String,
    after: String,
}

/// Names of some people.
pub struct Names(HashMap<Uuid, String>);

impl Names {
    /// Looks each of them up once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read(tx: &mut Tx, ids: impl Iterator<Item = Option<Uuid>>) -> Result<Self> {
        let mut names = HashMap::new();
        for id in ids.flatten() {
            if !names.contains_key(&id)
                && let Some(user) = users::by_id(tx, id).await?
            {
                names.insert(id, user.name);
            }
        }
        Ok(Self(names))
    }

    pub fn of(&self, id: Option<Uuid>) -> Option<String> {
        self.0.get(&id?).cloned()
    }
}

/// A place in the list: the state that is being listed, and the last task of it that was shown.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cursor {
    state: TaskState,
    /// Only the queue is in the order of priorities.
    priority: f64,
    id: Uuid,
}

impl Cursor {
    fn start(state: TaskState) -> Self {
        Self { state, priority: f64::INFINITY, id: Uuid::nil() }
    }

    fn write(self) -> String {
        format!("{}.{}.{}", view::task_state(self.state), self.priority.to_bits(), self.id.simple())
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let state = view::named_task_state(parts.next()?)?;
        let priority = f64::from_bits(parts.next()?.parse().ok()?);
        Some(Self { state, priority, id: parts.next()?.parse().ok()? })
    }

    fn at_start(self) -> bool {
        self.id.is_nil()
    }
}

/// `GET /projects/{project}/work`.
pub async fn page(mut member: Member, query: web::Query<Board>) -> Result<HttpResponse> {
    let layout = member.layout(Section::Work, "Work").await?;
    let (query, now, id) = (query.into_inner(), member.now, member.project.id);
    let tx = &mut member.tx;
    let wanted = view::named_task_state(&query.state);
    let states: Vec<TaskState> = ORDER.into_iter().filter(|state| wanted.is_none_or(|wanted| wanted == *state)).collect();
    let cursor = Cursor::read(&query.after).filter(|cursor| states.contains(&cursor.state));
    let (rows, next) = list(tx, id, &states, cursor).await?;
    let names = Names::read(tx, rows.iter().flat_map(|row| [row.worker, row.assigned_to])).await?;
    let counts = tasks::counts(tx, id).await?;
    let n = |state| counts.iter().find(|row| row.state == state).map_or(0, |row| count(row.n));
    let counts = ORDER
        .into_iter()
        .filter(|state| n(*state) > 0)
        .map(|state| StateCount { state: view::task_state(state).to_owned(), count: n(state) })
        .collect();
    let held = tasks::held_counts(tx, id, now).await?;
    let given = tasks::given_counts(tx, id).await?;
    let today = annotations::work_since(tx, id, now.plus_seconds(-DAY_SECONDS)).await?;
    let members = projects::members(tx, id, MEMBERS).await?;
    let people = members.into_iter().filter(|person| person.role.covers(Role::Annotator)).map(|person| LoadRow {
        held: of(&held, person.user_id),
        assigned: of(&given, person.user_id),
        done_today: of(&today, person.user_id),
        login: person.login,
        name: person.name,
        role: person.role.to_string(),
    });
    html(&WorkPage {
        layout,
        counts,
        state: wanted.map_or_else(String::new, |state| view::task_state(state).to_owned()),
        tasks: rows.iter().map(|row| named(row, &names)).collect(),
        people: people.collect(),
        after: if cursor.is_some() { query.after } else { String::new() },
        next: next.map(Cursor::write),
        can_manage: member.role.covers(Role::Manager),
    })
}

fn of(counts: &[PersonCount], user: Uuid) -> u64 {
    counts.iter().find(|row| row.user_id == user).map_or(0, |row| count(row.n))
}

fn named(row: &BoardRow, names: &Names) -> TaskRow {
    TaskRow { holder: names.of(row.worker), assigned_to: names.of(row.assigned_to), ..view::board_row(row) }
}

/// A page of the tasks in these states, one state after the other, and where the next page begins.
async fn list(tx: &mut Tx, project: Uuid, states: &[TaskState], cursor: Option<Cursor>) -> Result<(Vec<BoardRow>, Option<Cursor>)> {
    let mut rows: Vec<BoardRow> = Vec::new();
    let mut room = PAGE;
    let first = cursor.and_then(|cursor| states.iter().position(|state| *state == cursor.state)).unwrap_or(0);
    for state in &states[first..] {
        let from = cursor.filter(|cursor| cursor.state == *state).unwrap_or_else(|| Cursor::start(*state));
        if *state == TaskState::Open && from.at_start() {
            rows.extend(tasks::given(tx, project, GIVEN).await?);
        }
        let found = match state {
            TaskState::Open => tasks::queue_after(tx, project, from.priority, from.id, room).await?,
            _ => tasks::board(tx, project, *state, from.id, room).await?,
        };
        room -= found.len() as i64;
        rows.extend(found);
        if room <= 0 {
            let next = rows.last().map(|row| Cursor { state: row.state, priority: row.priority, id: row.id });
            return Ok((rows, next));
        }
    }
    Ok((rows, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_survives_the_address() {
        let cursor = Cursor { state: TaskState::Open, priority: 0.123_456_789_012_345_6, id: Uuid::from_u128(77) };
        assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        for broken in ["", "waiting", "waiting.x.y", "nonsense.1.00000000000000000000000000000000"] {
            assert_eq!(Cursor::read(broken), None, "{broken}");
        }
    }
}
