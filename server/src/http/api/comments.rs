//! What people say about places of an image, and what others answer.

use actix_web::{HttpResponse, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Items;
use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        Millis, Role, Tx,
        comments::{self, Comment},
        images::Image,
        projects::Project,
    },
};

/// Longest comment in characters, and most comments and answers of an image.
const MAX_CHARS: usize = 4000;
const MAX_OF_IMAGE: i64 = 1000;

#[derive(Serialize, ToSchema)]
pub struct CommentView {
    pub id: Uuid,
    /// Where it is pinned, in pixels of the image.
    pub at: [f64; 2],
    pub author: String,
    pub made_ms: Millis,
    pub text: String,
    pub resolved: bool,
    pub replies: Vec<Reply>,
}

#[derive(Serialize, ToSchema)]
pub struct Reply {
    pub id: Uuid,
    pub author: String,
    pub made_ms: Millis,
    pub text: String,
}

#[derive(Deserialize, ToSchema)]
pub struct NewComment {
    /// The sender's own id: the same twice makes one comment.
    pub key: Uuid,
    pub at: [f64; 2],
    pub text: String,
}

#[derive(Deserialize, ToSchema)]
pub struct NewReply {
    pub key: Uuid,
    pub text: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentPatch {
    pub resolved: bool,
}

fn checked_text(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ApiError::BadRequest("a comment says something".into())),
        n if n > MAX_CHARS => Err(ApiError::TooLarge(format!("a comment has at most {MAX_CHARS} characters, not {n}"))),
        _ => Ok(text.to_owned()),
    }
}

/// The threads of an image that a person may see. Where several people label an image without seeing each other's work, annotators see
/// their own threads and those that reviewers or managers began.
async fn threads(tx: &mut Tx, signed: &Signed, project: &Project, image: Uuid) -> Result<Vec<CommentView>> {
    let sees_all = project.policy.opinions == 1 || auth::project(tx, &signed.user, project.id, Role::Reviewer).await.is_ok();
    let mut views: Vec<CommentView> = Vec::new();
    for row in comments::of_image(tx, image, MAX_OF_IMAGE).await? {
        let comments::Signed { comment, author, role } = row;
        let (id, made_ms, text) = (comment.id, comment.created_ms, comment.body);
        match comment.parent_id {
            Some(parent) => {
                if let Some(view) = views.iter_mut().find(|view| view.id == parent) {
                    view.replies.push(Reply { id, author, made_ms, text });
                }
            }
            // Whoever is no member any more and could write was an admin or one of the team.
            None if sees_all || comment.user_id == signed.user.id || role.is_none_or(|role| role.covers(Role::Reviewer)) => {
                let (at, resolved) = ([comment.x, comment.y], comment.resolved);
                views.push(CommentView { id, at, author, made_ms, text, resolved, replies: Vec::new() });
            }
            None => {}
        }
    }
    Ok(views)
}

async fn one(tx: &mut Tx, signed: &Signed, project: &Project, image: Uuid, id: Uuid) -> Result<CommentView> {
    threads(tx, signed, project, image).await?.into_iter().find(|view| view.id == id).ok_or(ApiError::NotFound("comment"))
}

/// The thread that a comment begins, for somebody who may see it.
async fn thread(tx: &mut Tx, signed: &Signed, id: Uuid) -> Result<(Project, Image, Comment)> {
    let comment = comments::get(tx, id).await?.filter(|comment| comment.parent_id.is_none()).ok_or(ApiError::NotFound("comment"))?;
    let (project, image) = match auth::image(tx, &signed.user, comment.image_id, Role::Annotator).await {
        Err(ApiError::NotFound(_)) => return Err(ApiError::NotFound("comment")),
        other => other?,
    };
    one(tx, signed, &project, image.id, id).await?;
    Ok((project, image, comment))
}

/// The same key sent again is the same comment; used for another place, it is a mistake.
async fn known(tx: &mut Tx, signed: &Signed, image: Uuid, parent: Option<Uuid>, key: Uuid) -> Result<Option<Comment>> {
    match comments::by_request(tx, key).await? {
        Some(old) if old.user_id == signed.user.id && old.image_id == image && old.parent_id == parent => Ok(Some(old)),
        Some(_) => Err(ApiError::Conflict("this key was used for something else; send a new one".into())),
        None if comments::count(tx, image).await? >= MAX_OF_IMAGE => {
            Err(ApiError::Conflict(format!("an image has at most {MAX_OF_IMAGE} comments and answers")))
        }
        None => Ok(None),
    }
}

/// Comments on an image with their answers, oldest first.
#[utoipa::path(tag = "images", responses((status = 200, body = Items<CommentView>), (status = 404)))]
#[get("/images/{image}/comments")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Items<CommentView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let items = threads(&mut tx, &signed, &project, image.id).await?;
    Ok(web::Json(Items { items, next: None }))
}

/// Pins a comment to a place of an image.
#[utoipa::path(tag = "images", request_body = NewComment, responses((status = 201, body = CommentView), (status = 400), (status = 403), (status = 404), (status = 409)))]
#[post("/images/{image}/comments")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<NewComment>) -> Result<HttpResponse> {
    let mut tx = ctx.db.write().await?;
    let (project, image) = auth::image(&mut tx, &signed.user, *path, Role::Annotator).await?;
    let text = checked_text(&body.text)?;
    let [x, y] = body.at;
    if !(0.0..=image.width as f64).contains(&x) || !(0.0..=image.height as f64).contains(&y) {
        return Err(ApiError::BadRequest(format!("({x}, {y}) is not a place of this image of {}×{} pixels", image.width, image.height)));
    }
    let id = match known(&mut tx, &signed, image.id, None, body.key).await? {
        Some(old) => old.id,
        None => {
            let comment = Comment {
                id: Uuid::now_v7(),
                project_id: project.id,
                image_id: image.id,
                parent_id: None,
                user_id: signed.user.id,
                request: body.key,
                x,
                y,
                body: text,
                resolved: false,
                created_ms: Millis::now(),
            };
            comments::insert(&mut tx, &comment).await?;
            comment.id
        }
    };
    let view = one(&mut tx, &signed, &project, image.id, id).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

/// Answers a comment.
#[utoipa::path(tag = "images", request_body = NewReply, responses((status = 200, body = CommentView), (status = 400), (status = 403), (status = 404), (status = 409)))]
#[post("/comments/{comment}/replies")]
pub async fn reply(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<NewReply>,
) -> Result<web::Json<CommentView>> {
    let mut tx = ctx.db.write().await?;
    let (project, image, comment) = thread(&mut tx, &signed, *path).await?;
    let text = checked_text(&body.text)?;
    if known(&mut tx, &signed, image.id, Some(comment.id), body.key).await?.is_none() {
        let (user_id, created_ms) = (signed.user.id, Millis::now());
        let parent_id = Some(comment.id);
        let answer =
            Comment { id: Uuid::now_v7(), parent_id, user_id, request: body.key, body: text, resolved: false, created_ms, ..comment };
        comments::insert(&mut tx, &answer).await?;
    }
    let view = one(&mut tx, &signed, &project, image.id, comment.id).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// Marks a comment as settled, or as open again: by whoever wrote it, and by reviewers and managers.
#[utoipa::path(tag = "images", request_body = CommentPatch, responses((status = 200, body = CommentView), (status = 403), (status = 404)))]
#[patch("/comments/{comment}")]
pub async fn patch(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<CommentPatch>,
) -> Result<web::Json<CommentView>> {
    let mut tx = ctx.db.write().await?;
    let (project, image, comment) = thread(&mut tx, &signed, *path).await?;
    if comment.user_id != signed.user.id {
        auth::project(&mut tx, &signed.user, project.id, Role::Reviewer).await?;
    }
    comments::resolve(&mut tx, comment.id, body.resolved).await?;
    let view = one(&mut tx, &signed, &project, image.id, comment.id).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}
