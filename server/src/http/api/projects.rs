//! Projects, their classes and policy.

use actix_web::{HttpResponse, get, patch, post, put, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Items, Page};
use crate::{
    context::Context,
    domain::{
        attributes::{AttributeSpec, check_specs},
        policy::Policy,
    },
    flow::{
        bundle::ClassView,
        progress::{self, Progress},
    },
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        self, ClassKind, Millis, Role, annotations,
        projects::{self, ClassRow, Project},
        users,
    },
};

/// Longest instructions in characters.
const MAX_INSTRUCTIONS: usize = 50_000;

/// Colours that new classes take in turn.
const COLOURS: [&str; 10] = ["#4cc38a", "#e0a843", "#f07178", "#4ea8de", "#c77dff", "#f4978e", "#80ed99", "#ffd166", "#06d6a0", "#ef476f"];

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewClass {
    /// 1 to 254; counted up when absent.
    pub index: Option<i64>,
    pub name: String,
    pub color: Option<String>,
    pub kind: Option<ClassKind>,
    /// What it asks about each of its objects; when absent, what it asked before.
    pub attributes: Option<Vec<AttributeSpec>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewProject {
    pub name: String,
    #[serde(default)]
    pub instructions: String,
    #[serde(default)]
    pub classes: Vec<NewClass>,
    #[serde(default)]
    pub policy: Policy,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPatch {
    pub name: Option<String>,
    pub instructions: Option<String>,
    /// Fields that are given replace those of the policy in force.
    #[schema(value_type = Option<Object>)]
    pub policy: Option<serde_json::Map<String, Value>>,
    pub paused: Option<bool>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectView {
    pub id: Uuid,
    pub name: String,
    pub instructions: String,
    pub paused: bool,
    pub classes: Vec<ClassView>,
    pub policy: Policy,
    pub role: Role,
    pub counts: Progress,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectItem {
    pub id: Uuid,
    pub name: String,
    pub paused: bool,
    pub role: Role,
    pub images: i64,
    pub labeled: i64,
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) {
        Ok(name.to_owned())
    } else {
        Err(ApiError::BadRequest("a project's name has 1 to 120 characters".into()))
    }
}

/// # Errors
/// They are too long.
pub(super) fn check_instructions(text: &str) -> Result<()> {
    if text.chars().count() > MAX_INSTRUCTIONS {
        return Err(ApiError::TooLarge(format!("the instructions are longer than {MAX_INSTRUCTIONS} characters")));
    }
    Ok(())
}

fn checked_classes(classes: &[NewClass], before: &[ClassRow]) -> Result<Vec<ClassRow>> {
    let mut rows: Vec<ClassRow> = Vec::with_capacity(classes.len());
    for (i, class) in classes.iter().enumerate() {
        let idx = class.index.unwrap_or_else(|| rows.iter().map(|row| row.idx).max().unwrap_or(0) + 1);
        if !(1..=254).contains(&idx) {
            return Err(ApiError::BadRequest(format!("class index {idx} is not between 1 and 254; 0 is background and 255 is void")));
        }
        let name = class.name.trim();
        if !(1..=80).contains(&name.chars().count()) {
            return Err(ApiError::BadRequest("a class's name has 1 to 80 characters".into()));
        }
        if rows.iter().any(|row| row.idx == idx || row.name == name) {
            return Err(ApiError::BadRequest(format!("class '{name}' (index {idx}) stands twice in the list")));
        }
        let color = class.color.clone().unwrap_or_else(|| COLOURS[i % COLOURS.len()].to_owned()).to_lowercase();
        let digits = color.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(ApiError::BadRequest(format!("'{color}' is not a colour like #4cc38a")));
        }
        let attributes = match &class.attributes {
            Some(specs) => {
                check_specs(specs).map_err(|e| ApiError::BadRequest(format!("class '{name}': {e}")))?;
                json!(specs).to_string()
            }
            None => before.iter().find(|old| old.idx == idx).map_or_else(|| "[]".to_owned(), |old| old.attributes.clone()),
        };
        rows.push(ClassRow { idx, name: name.to_owned(), color, kind: class.kind.unwrap_or(ClassKind::Thing), attributes });
    }
    Ok(rows)
}

/// Makes a project with its classes; its creator is its first manager.
///
/// # Errors
/// A name, class or policy value is not allowed.
pub async fn make(ctx: &Context, new: NewProject, creator: Uuid) -> Result<Uuid> {
    let classes = checked_classes(&new.classes, &[])?;
    new.policy.check().map_err(ApiError::BadRequest)?;
    check_instructions(&new.instructions)?;
    let now = Millis::now();
    let project = Project {
        id: Uuid::now_v7(),
        name: checked_name(&new.name)?,
        instructions: new.instructions,
        policy: new.policy,
        paused: false,
        created_ms: now,
        instructions_version: 1,
        instructions_ms: None,
        instructions_by: None,
    };
    let mut tx = ctx.db.write().await?;
    projects::insert(&mut tx, &project, creator).await?;
    for class in &classes {
        projects::put_class(&mut tx, project.id, class).await?;
    }
    projects::put_member(&mut tx, project.id, creator, Role::Manager).await?;
    users::audit(&mut tx, Some(project.id), Some(creator), "project.add", &json!({ "name": project.name }), now).await?;
    tx.commit().await?;
    Ok(project.id)
}

/// A project as its members see it.
///
/// # Errors
/// The database failed.
pub async fn view(tx: &mut crate::store::Tx, project: Project, role: Role) -> Result<ProjectView> {
    let classes = projects::classes(tx, project.id).await?.into_iter().map(ClassView::try_from).collect::<store::Result<_>>()?;
    let counts = progress::of(tx, project.id).await?;
    Ok(ProjectView {
        id: project.id,
        name: project.name,
        instructions: project.instructions,
        paused: project.paused,
        classes,
        policy: project.policy,
        role,
        counts,
    })
}

/// The projects of the person who is signed in; all of them for admins.
#[utoipa::path(tag = "projects", params(Page), responses((status = 200, body = Items<ProjectItem>)))]
#[get("/projects")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, page: web::Query<Page>) -> Result<web::Json<Items<ProjectItem>>> {
    let mut tx = ctx.db.read().await?;
    let found = projects::list(&mut tx, signed.user.id, signed.user.admin, page.after(), page.limit()).await?;
    let mut items = Vec::with_capacity(found.len());
    for row in found {
        let p = progress::of(&mut tx, row.id).await?;
        let labeled = p.people + p.machine_provisional + p.machine_committed;
        let role = row.role.unwrap_or(Role::Manager);
        items.push(ProjectItem { id: row.id, name: row.name, paused: row.paused, role, images: p.images, labeled });
    }
    Ok(web::Json(Items::new(items, page.limit(), |item: &ProjectItem| item.id.to_string())))
}

/// A new project; the person who makes it is its manager.
#[utoipa::path(tag = "projects", request_body = NewProject, responses((status = 201, body = ProjectView), (status = 400)))]
#[post("/projects")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, body: web::Json<NewProject>) -> Result<HttpResponse> {
    let id = make(&ctx, body.into_inner(), signed.user.id).await?;
    let mut tx = ctx.db.read().await?;
    let (project, role) = auth::project(&mut tx, &signed.user, id, Role::Viewer).await?;
    Ok(HttpResponse::Created().json(view(&mut tx, project, role).await?))
}

/// A project with its classes, policy and counts.
#[utoipa::path(tag = "projects", responses((status = 200, body = ProjectView), (status = 404)))]
#[get("/projects/{project}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<ProjectView>> {
    let mut tx = ctx.db.read().await?;
    let (project, role) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(view(&mut tx, project, role).await?))
}

/// Changes name, instructions, policy or pause. Managers only.
#[utoipa::path(tag = "projects", request_body = ProjectPatch, responses((status = 200, body = ProjectView), (status = 400), (status = 403), (status = 404)))]
#[patch("/projects/{project}")]
pub async fn patch(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<ProjectPatch>,
) -> Result<web::Json<ProjectView>> {
    let mut tx = ctx.db.write().await?;
    let (mut project, role) = auth::project(&mut tx, &signed.user, *path, Role::Manager).await?;
    let body = body.into_inner();
    if let Some(name) = &body.name {
        project.name = checked_name(name)?;
    }
    if let Some(instructions) = body.instructions {
        check_instructions(&instructions)?;
        if instructions != project.instructions {
            let (version, by) = (project.instructions_version, signed.user.id);
            if !projects::set_instructions(&mut tx, project.id, version, &instructions, by, Millis::now()).await? {
                return Err(ApiError::Conflict("somebody changed the instructions meanwhile".into()));
            }
            project.instructions = instructions;
        }
    }
    if let Some(changes) = body.policy {
        let mut policy = json!(project.policy);
        if let Some(fields) = policy.as_object_mut() {
            fields.extend(changes);
        }
        project.policy = serde_json::from_value(policy).map_err(|e| ApiError::BadRequest(format!("the policy can't be read: {e}")))?;
        project.policy.check().map_err(ApiError::BadRequest)?;
    }
    project.paused = body.paused.unwrap_or(project.paused);
    projects::update(&mut tx, &project).await?;
    let detail = json!({ "name": project.name, "paused": project.paused, "policy": project.policy });
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "project.change", &detail, Millis::now()).await?;
    let view = view(&mut tx, project, role).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// Sets the list of classes. A class that annotations use can be renamed and recoloured, but not removed. Managers only.
#[utoipa::path(tag = "projects", request_body = Vec<NewClass>, responses((status = 200, body = Vec<ClassView>), (status = 400), (status = 403), (status = 404), (status = 409)))]
#[put("/projects/{project}/classes")]
pub async fn put_classes(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<Vec<NewClass>>,
) -> Result<web::Json<Vec<ClassView>>> {
    let mut tx = ctx.db.write().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Manager).await?;
    let before = projects::classes(&mut tx, project.id).await?;
    let wanted = checked_classes(&body, &before)?;
    for old in before {
        if wanted.iter().any(|class| class.idx == old.idx) {
            continue;
        }
        if annotations::class_in_use(&mut tx, project.id, old.idx).await? {
            return Err(ApiError::Conflict(format!(
                "class '{}' (index {}) is used by annotations and can't be removed",
                old.name, old.idx
            )));
        }
        projects::delete_class(&mut tx, project.id, old.idx).await?;
    }
    for class in &wanted {
        projects::put_class(&mut tx, project.id, class).await?;
    }
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "project.classes", &json!(*body), Millis::now()).await?;
    tx.commit().await?;
    Ok(web::Json(wanted.into_iter().map(ClassView::try_from).collect::<store::Result<_>>()?))
}
