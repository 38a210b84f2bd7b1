//! Projects, their classes and members.

use sqlx::FromRow;
use uuid::Uuid;

use super::{ClassKind, Error, Millis, Result, Role, Tx, WriteTx};
use crate::{
    domain::{attributes::AttributeSpec, policy::Policy},
    on, run, statements,
};

#[derive(Clone, Debug, FromRow)]
struct Row {
    id: Uuid,
    name: String,
    instructions: String,
    policy: String,
    paused: bool,
    created_ms: Millis,
    instructions_version: i64,
    instructions_ms: Option<Millis>,
    instructions_by: Option<Uuid>,
}

/// A project and what somebody may do there.
#[derive(Clone, Debug, FromRow)]
struct RowFor {
    #[sqlx(flatten)]
    row: Row,
    role: Option<Role>,
}

#[derive(Clone, Debug)]
pub struct Project {
    pub id: Uuid,
    pub name: String,
    pub instructions: String,
    pub policy: Policy,
    pub paused: bool,
    pub created_ms: Millis,
    /// Counts up with every change of the instructions.
    pub instructions_version: i64,
    /// When they were changed last, and by whom; none when they are as the project was made.
    pub instructions_ms: Option<Millis>,
    pub instructions_by: Option<Uuid>,
}

#[derive(Clone, Debug, FromRow)]
pub struct ClassRow {
    pub idx: i64,
    pub name: String,
    pub color: String,
    pub kind: ClassKind,
    /// JSON list of what it asks about each of its objects.
    pub attributes: String,
}

impl ClassRow {
    /// What it asks about each of its objects.
    ///
    /// # Errors
    /// What is stored can't be read.
    pub fn questions(&self) -> Result<Vec<AttributeSpec>> {
        serde_json::from_str(&self.attributes).map_err(|e| Error::Corrupt("a class's attributes", e.to_string()))
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct Member {
    pub user_id: Uuid,
    pub login: String,
    pub name: String,
    pub role: Role,
}

/// A project in somebody's list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    pub id: Uuid,
    pub name: String,
    pub paused: bool,
    pub role: Option<Role>,
    pub created_ms: Millis,
}

/// A project in somebody's list, with what its card shows.
#[derive(Clone, Debug, FromRow)]
pub struct Card {
    pub id: Uuid,
    pub name: String,
    pub paused: bool,
    /// None for an admin who is not a member.
    pub role: Option<Role>,
    /// Images by where they stand.
    pub waiting: i64,
    pub people: i64,
    pub machine: i64,
    pub disagree: i64,
    pub skipped: i64,
    pub members: i64,
    pub classes: i64,
    /// The newest model's version.
    pub model: Option<i64>,
}

/// What the navigation says about a project.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Summary {
    pub images: i64,
    /// Tasks that wait for somebody.
    pub open: i64,
    /// The newest model's version.
    pub model: Option<i64>,
}

statements! {
    PROJECT_INSERT = ["INSERT INTO projects (id, name, instructions, policy, created_by, created_ms) VALUES ($1, $2, $3, $4, $5, $6)"];
    PROJECT_GET = ["SELECT id, name, instructions, policy, paused, created_ms, instructions_version, instructions_ms, instructions_by FROM projects WHERE id = $1"];
    PROJECT_GET_FOR = [
        "SELECT p.id, p.name, p.instructions, p.policy, p.paused, p.created_ms, p.instructions_version, p.instructions_ms, p.instructions_by, m.role
           FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = $2
          WHERE p.id = $1"];
    PROJECT_UPDATE = ["UPDATE projects SET name = $2, policy = $3, paused = $4 WHERE id = $1"];
    /// Only over the version that they were written from.
    INSTRUCTIONS_SET = [
        "UPDATE projects SET instructions = $3, instructions_version = instructions_version + 1, instructions_ms = $4, instructions_by = $5
          WHERE id = $1 AND instructions_version = $2"];
    PROJECTS_OF_USER = [
        "SELECT p.id, p.name, p.paused, m.role, p.created_ms
           FROM members m JOIN projects p ON p.id = m.project_id
          WHERE m.user_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3"];
    PROJECTS_ALL = [
        "SELECT p.id, p.name, p.paused, m.role, p.created_ms
           FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = $1
          WHERE p.id > $2 ORDER BY p.id LIMIT $3"];
    PROJECT_CARDS_OF_USER = [
        "SELECT p.id, p.name, p.paused, m.role,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'waiting') AS waiting,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'done') AS people,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'machine') AS machine,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'disagree') AS disagree,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'skipped') AS skipped,
                (SELECT COUNT(*) FROM members n WHERE n.project_id = p.id) AS members,
                (SELECT COUNT(*) FROM classes c WHERE c.project_id = p.id) AS classes,
                (SELECT MAX(v.version) FROM models v WHERE v.project_id = p.id) AS model
           FROM members m JOIN projects p ON p.id = m.project_id
          WHERE m.user_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3"];
    PROJECT_CARDS_ALL = [
        "SELECT p.id, p.name, p.paused, m.role,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'waiting') AS waiting,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'done') AS people,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'machine') AS machine,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'disagree') AS disagree,
                (SELECT COUNT(*) FROM images i WHERE i.project_id = p.id AND i.state = 'skipped') AS skipped,
                (SELECT COUNT(*) FROM members n WHERE n.project_id = p.id) AS members,
                (SELECT COUNT(*) FROM classes c WHERE c.project_id = p.id) AS classes,
                (SELECT MAX(v.version) FROM models v WHERE v.project_id = p.id) AS model
           FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = $1
          WHERE p.id > $2 ORDER BY p.id LIMIT $3"];
    PROJECT_SUMMARY = [
        "SELECT (SELECT COUNT(*) FROM images WHERE project_id = $1) AS images,
                (SELECT COUNT(*) FROM tasks WHERE project_id = $1 AND state = 'open') AS open,
                (SELECT MAX(version) FROM models WHERE project_id = $1) AS model"];
    /// Classes that a hundred annotations use. Reading every annotation would take too long for a page; removing a class looks at all.
    CLASSES_SEEN = [
        "SELECT c.idx FROM classes c
          WHERE c.project_id = $1
            AND EXISTS (SELECT 1 FROM (SELECT shapes FROM annotations WHERE project_id = $1 LIMIT 100) AS counted
                         WHERE counted.shapes LIKE '%{\"class\":' || c.idx || ',%')"];
    /// Projects by id, for the retraining clock.
    PROJECT_IDS = ["SELECT id FROM projects WHERE id > $1 ORDER BY id LIMIT $2"];
    /// Projects with labels that are newer than their last training; the retraining clock looks closer at these only.
    PROJECTS_WITH_NEWS = [
        "SELECT p.id FROM projects p
          WHERE p.id > $1 AND NOT p.paused
            AND EXISTS (SELECT 1 FROM labels l
                         WHERE l.project_id = p.id AND l.source IN ('people', 'import') AND l.ended_ms IS NULL
                           AND l.created_ms > COALESCE((SELECT MAX(j.created_ms) FROM jobs j WHERE j.project_id = p.id AND j.kind = 'train'), 0))
          ORDER BY p.id LIMIT $2"];
    SKILLS_GET = ["SELECT skills FROM projects WHERE id = $1" {pg: " FOR UPDATE"}];
    SKILLS_READ = ["SELECT skills FROM projects WHERE id = $1"];
    SKILLS_SET = ["UPDATE projects SET skills = $2 WHERE id = $1"];
    CLASS_PUT = [
        "INSERT INTO classes (project_id, idx, name, color, kind, attributes) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (project_id, idx) DO UPDATE
            SET name = excluded.name, color = excluded.color, kind = excluded.kind, attributes = excluded.attributes"];
    CLASS_DELETE = ["DELETE FROM classes WHERE project_id = $1 AND idx = $2"];
    CLASSES = ["SELECT idx, name, color, kind, attributes FROM classes WHERE project_id = $1 ORDER BY idx"];
    MEMBER_PUT = [
        "INSERT INTO members (project_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role"];
    MEMBER_DELETE = ["DELETE FROM members WHERE project_id = $1 AND user_id = $2"];
    MEMBER_ROLE = ["SELECT role FROM members WHERE project_id = $1 AND user_id = $2"];
    MANAGES = [
        "SELECT COUNT(*) FROM users u
          WHERE u.id = $2 AND (u.admin OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = $1 AND m.user_id = $2 AND m.role = 'manager'))"];
    MEMBERS = [
        "SELECT m.user_id, u.login, u.name, m.role FROM members m JOIN users u ON u.id = m.user_id
          WHERE m.project_id = $1 ORDER BY u.login LIMIT $2"];
}

impl TryFrom<Row> for Project {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let policy = serde_json::from_str(&row.policy).map_err(|e| Error::Corrupt("a project's policy", e.to_string()))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            instructions: row.instructions,
            policy,
            paused: row.paused,
            created_ms: row.created_ms,
            instructions_version: row.instructions_version,
            instructions_ms: row.instructions_ms,
            instructions_by: row.instructions_by,
        })
    }
}

fn policy_text(policy: &Policy) -> Result<String> {
    serde_json::to_string(policy).map_err(|e| Error::Corrupt("a project's policy", e.to_string()))
}

pub async fn insert(tx: &mut WriteTx, project: &Project, creator: Uuid) -> Result<()> {
    let policy = policy_text(&project.policy)?;
    run!(tx, PROJECT_INSERT, |sql| sqlx::query(sql)
        .bind(project.id)
        .bind(&project.name)
        .bind(&project.instructions)
        .bind(&policy)
        .bind(creator)
        .bind(project.created_ms))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Project>> {
    let row: Option<Row> = on!(tx, PROJECT_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))?;
    row.map(Project::try_from).transpose()
}

/// A project, and the role that a person has as its member.
pub async fn get_for(tx: &mut Tx, id: Uuid, user: Uuid) -> Result<Option<(Project, Option<Role>)>> {
    let found: Option<RowFor> = on!(tx, PROJECT_GET_FOR, |sql, conn| sqlx::query_as(sql).bind(id).bind(user).fetch_optional(conn))?;
    found.map(|found| Ok((Project::try_from(found.row)?, found.role))).transpose()
}

/// Changes name, policy and pause.
pub async fn update(tx: &mut WriteTx, project: &Project) -> Result<u64> {
    let policy = policy_text(&project.policy)?;
    run!(tx, PROJECT_UPDATE, |sql| sqlx::query(sql).bind(project.id).bind(&project.name).bind(&policy).bind(project.paused))
}

/// New instructions over those of `version`. `false` when these are not the newest any more; then nothing is changed.
pub async fn set_instructions(tx: &mut WriteTx, project: Uuid, version: i64, text: &str, by: Uuid, now: Millis) -> Result<bool> {
    let changed = run!(tx, INSTRUCTIONS_SET, |sql| sqlx::query(sql).bind(project).bind(version).bind(text).bind(now).bind(by))?;
    Ok(changed > 0)
}

/// The projects a person is a member of, or all of them for an admin, by id after `after`.
pub async fn list(tx: &mut Tx, user: Uuid, all: bool, after: Uuid, limit: i64) -> Result<Vec<Listed>> {
    let statement = if all { PROJECTS_ALL } else { PROJECTS_OF_USER };
    on!(tx, statement, |sql, conn| sqlx::query_as(sql).bind(user).bind(after).bind(limit).fetch_all(conn))
}

/// The same list with what each project's card shows.
pub async fn cards(tx: &mut Tx, user: Uuid, all: bool, after: Uuid, limit: i64) -> Result<Vec<Card>> {
    let statement = if all { PROJECT_CARDS_ALL } else { PROJECT_CARDS_OF_USER };
    on!(tx, statement, |sql, conn| sqlx::query_as(sql).bind(user).bind(after).bind(limit).fetch_all(conn))
}

pub async fn summary(tx: &mut Tx, project: Uuid) -> Result<Summary> {
    on!(tx, PROJECT_SUMMARY, |sql, conn| sqlx::query_as(sql).bind(project).fetch_one(conn))
}

/// Classes that are certainly in use; one that is missing here may be in use too.
pub async fn classes_seen(tx: &mut Tx, project: Uuid) -> Result<Vec<i64>> {
    on!(tx, CLASSES_SEEN, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_all(conn))
}

pub async fn ids(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    on!(tx, PROJECT_IDS, |sql, conn| sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn))
}

/// Projects that are not paused and have labels from people that no training has seen.
pub async fn with_news(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    on!(tx, PROJECTS_WITH_NEWS, |sql, conn| sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn))
}

/// What is known of each worker's skill, as JSON.
pub async fn skills(tx: &mut Tx, project: Uuid) -> Result<String> {
    on!(tx, SKILLS_READ, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

/// The same; locked until the transaction ends so that two fusions never overwrite each other.
pub async fn skills_for_update(tx: &mut WriteTx, project: Uuid) -> Result<String> {
    on!(tx, SKILLS_GET, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

pub async fn set_skills(tx: &mut WriteTx, project: Uuid, skills: &str) -> Result<u64> {
    run!(tx, SKILLS_SET, |sql| sqlx::query(sql).bind(project).bind(skills))
}

pub async fn put_class(tx: &mut WriteTx, project: Uuid, class: &ClassRow) -> Result<()> {
    run!(tx, CLASS_PUT, |sql| sqlx::query(sql)
        .bind(project)
        .bind(class.idx)
        .bind(&class.name)
        .bind(&class.color)
        .bind(class.kind)
        .bind(&class.attributes))?;
    Ok(())
}

pub async fn delete_class(tx: &mut WriteTx, project: Uuid, idx: i64) -> Result<u64> {
    run!(tx, CLASS_DELETE, |sql| sqlx::query(sql).bind(project).bind(idx))
}

/// At most 254 rows: an index is one byte.
pub async fn classes(tx: &mut Tx, project: Uuid) -> Result<Vec<ClassRow>> {
    on!(tx, CLASSES, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

pub async fn put_member(tx: &mut WriteTx, project: Uuid, user: Uuid, role: Role) -> Result<()> {
    run!(tx, MEMBER_PUT, |sql| sqlx::query(sql).bind(project).bind(user).bind(role))?;
    Ok(())
}

pub async fn delete_member(tx: &mut WriteTx, project: Uuid, user: Uuid) -> Result<u64> {
    run!(tx, MEMBER_DELETE, |sql| sqlx::query(sql).bind(project).bind(user))
}

pub async fn role(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<Option<Role>> {
    on!(tx, MEMBER_ROLE, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(user).fetch_optional(conn))
}

/// Whether a person may do in a project what its managers may.
pub async fn manages(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<bool> {
    let n: i64 = on!(tx, MANAGES, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(user).fetch_one(conn))?;
    Ok(n > 0)
}

pub async fn members(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<Member>> {
    on!(tx, MEMBERS, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}
