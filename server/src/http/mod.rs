//! The web server: pages, API, and what they share. Tests build it on port 0 exactly as `serve` does.

pub mod api;
pub mod assets;
pub mod auth;
pub mod error;
pub mod guard;
pub mod pages;
pub mod secret;
pub mod throttle;
pub mod tokens;

use std::net::{SocketAddr, TcpListener};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Compress, from_fn},
    web,
};
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;

use crate::context::Context;
use error::ApiError;
use throttle::Throttle;

/// What programs ask for: the API, and what containers of SageMaker have at the root.
fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(utoipa_actix_web::scope("/api/v1").configure(api::configure)).configure(api::invocations::at_the_root);
}

/// A web server that is bound to its address but does not answer yet.
pub struct Web {
    pub address: SocketAddr,
    pub api: utoipa::openapi::OpenApi,
    server: Server,
}

/// The description of the API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut api) = App::new().into_utoipa_app().configure(routes).split_for_parts();
    api.info.title = "Labelwright".into();
    api.info.version = env!("CARGO_PKG_VERSION").into();
    api
}

impl Web {
    /// Binds the address of the settings.
    ///
    /// # Errors
    /// The address is taken or not allowed; the message says which and what to do.
    pub fn bind(ctx: Context) -> anyhow::Result<Self> {
        let listen = ctx.config.listen.clone();
        let listener = TcpListener::bind(&listen).map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                anyhow::anyhow!("another program listens on {listen} already; end it, or choose another port with --listen 127.0.0.1:8081")
            }
            std::io::ErrorKind::PermissionDenied => {
                anyhow::anyhow!("this user may not listen on {listen}; choose a port above 1023 with --listen")
            }
            _ => anyhow::anyhow!("can't listen on {listen}: {error}"),
        })?;
        let address = listener.local_addr()?;
        let threads = match ctx.config.threads {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            threads => threads,
        };
        let json_limit = ctx.config.max_json_bytes;
        let api = openapi();
        let (ctx, throttle, document) = (web::Data::new(ctx), web::Data::new(Throttle::default()), web::Data::new(api.clone()));
        let server = HttpServer::new(move || {
            App::new()
                .wrap(from_fn(guard::same_origin))
                .wrap(Compress::default())
                .wrap(from_fn(guard::safe_headers))
                .wrap(TracingLogger::default())
                .app_data(ctx.clone())
                .app_data(throttle.clone())
                .app_data(document.clone())
                .app_data(web::JsonConfig::default().limit(json_limit).error_handler(move |e, _| json_error(&e, json_limit).into()))
                .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::NotFound("page").into()))
                .app_data(
                    web::QueryConfig::default()
                        .error_handler(|e, _| ApiError::BadRequest(format!("the address can't be read: {e}")).into()),
                )
                .into_utoipa_app()
                .configure(routes)
                .into_app()
                .route("/health", web::get().to(api::system::health))
                .route("/static/{path:.*}", web::get().to(assets::file))
                .configure(pages::configure)
        })
        .workers(threads)
        .shutdown_timeout(20)
        .disable_signals()
        .listen(listener)?
        .run();
        Ok(Self { address, api, server })
    }

    /// Answers until `quit` resolves, then lets running requests finish.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn run_until(self, quit: impl Future<Output = ()>) -> std::io::Result<()> {
        let handle = self.server.handle();
        let serving = tokio::spawn(self.server);
        quit.await;
        handle.stop(true).await;
        serving.await.map_err(std::io::Error::other)?
    }
}

fn json_error(error: &actix_web::error::JsonPayloadError, limit: usize) -> ApiError {
    use actix_web::error::JsonPayloadError as E;
    match error {
        E::Overflow { .. } | E::OverflowKnownLength { .. } => ApiError::TooLarge(format!("the request has more than {limit} bytes")),
        E::ContentType => ApiError::BadRequest("the body must be JSON (content-type: application/json)".into()),
        other => ApiError::BadRequest(format!("the body can't be read as JSON: {other}")),
    }
}
