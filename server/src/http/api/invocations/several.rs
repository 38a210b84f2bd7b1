//! Several pictures in one request: answered in their order, each by itself, so that a bad one costs only its own answer.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::FuturesOrdered};
use serde::Serialize;
use tokio_util::task::AbortOnDropHandle;
use utoipa::ToSchema;

use super::{Include, answer, answer::Answer, asked};
use crate::{
    context::Context,
    flow::{
        images::clean_name,
        inference::{Chosen, batcher::Place},
    },
    http::error::{ApiError, Problem, Result},
};

/// Pictures taken in one request.
const MAX_PICTURES: usize = 64;

/// What became of one picture of several: a result or an error.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Item {
    /// The file name that was sent.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Several {
    pub items: Vec<Item>,
}

impl Item {
    fn of(name: String, outcome: Result<Answer>) -> Self {
        match outcome {
            Ok(answer) => Self { name, result: Some(answer), error: None },
            Err(error) => Self { name, result: None, error: Some(error.problem()) },
        }
    }
}

/// Reads pictures and asks the model about them while the next ones come in; never more than fit into two batches, or than one picture of the
/// largest size has bytes, are held at once.
pub(super) async fn answer_all(
    ctx: &web::Data<Context>,
    chosen: Chosen,
    req: &HttpRequest,
    payload: web::Payload,
    include: Include,
) -> Result<Several> {
    let limit = usize::try_from(ctx.config.max_image_bytes).unwrap_or(usize::MAX);
    let broken = |e: actix_multipart::MultipartError| ApiError::BadRequest(format!("the form can't be read: {e}"));
    let mut form = Multipart::new(req.headers(), payload);
    let mut first = Some(ctx.inference.place().await?);
    let mut items: Vec<Item> = Vec::new();
    let mut coming: FuturesOrdered<Coming> = FuturesOrdered::new();
    let mut held = 0;
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let sent_as = field.content_disposition().and_then(|d| d.get_filename().map(str::to_owned)).unwrap_or_default();
        let name = clean_name(&sent_as);
        if items.len() + coming.len() >= MAX_PICTURES {
            return Err(ApiError::TooLarge(format!("more than {MAX_PICTURES} pictures in one request")));
        }
        let file = match field.bytes(limit).await {
            Ok(Ok(file)) => Ok(file),
            Ok(Err(error)) => return Err(ApiError::BadRequest(format!("the form broke off at '{name}': {error}"))),
            Err(_) => Err(ApiError::TooLarge(format!("the picture has more than the {limit} bytes that are taken"))),
        };
        let size = file.as_ref().map_or(0, Bytes::len);
        held += size;
        while coming.len() >= 2 * ctx.inference.batch() || (held > limit && !coming.is_empty()) {
            let Some((size, item)) = coming.next().await else { break };
            held -= size;
            items.push(item);
        }
        let place = first.take();
        let (ctx, chosen) = (ctx.clone(), chosen.clone());
        let task = actix_web::rt::spawn(async move {
            let outcome = match file {
                Ok(file) => one(&ctx, chosen, file, place, include).await,
                Err(error) => Err(error),
            };
            (size, Item::of(name, outcome))
        });
        coming.push_back(ended(AbortOnDropHandle::new(task)));
    }
    while let Some((_, item)) = coming.next().await {
        items.push(item);
    }
    if items.is_empty() {
        return Err(ApiError::BadRequest("the form has no picture".into()));
    }
    Ok(Several { items })
}

type Coming = std::pin::Pin<Box<dyn Future<Output = (usize, Item)>>>;

/// What the task of a picture came to. It ends with the request, should the client go away.
fn ended(task: AbortOnDropHandle<(usize, Item)>) -> Coming {
    let aborted = || Item::of(String::new(), Err(ApiError::Flow(crate::flow::FlowError::Aborted)));
    Box::pin(async move { task.await.unwrap_or_else(|_| (0, aborted())) })
}

async fn one(ctx: &Context, chosen: Chosen, file: Bytes, place: Option<Place>, include: Include) -> Result<Answer> {
    let mut place = match place {
        Some(place) => place,
        None => ctx.inference.wait_for_place().await?,
    };
    let answered = asked(ctx, &chosen, file, &mut place).await?;
    Ok(ctx.inference.by_hand(move || answer::answer(&chosen, &answered, &include)).await??)
}
