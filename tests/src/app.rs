//! A server as `serve` runs it, on port 0, in this process.

use labelwright::{
    config::Config,
    context::Context,
    http::{
        Web,
        api::users::{NewUser, add},
    },
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{db::Postgres, person::Person, pictures};

pub const PASSWORD: &str = "a long enough password";

pub struct App {
    pub url: String,
    pub ctx: Context,
    folder: tempfile::TempDir,
    pub postgres: Option<Postgres>,
    admin: Person,
    quit: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

/// A server that answers.
pub struct Server {
    pub url: String,
    ctx: Context,
    quit: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl Server {
    async fn start(config: Config) -> Self {
        let ctx = Context::open(config).await.unwrap();
        let web = Web::bind(ctx.clone()).unwrap();
        let url = format!("http://{}", web.address);
        let (quit, asked) = oneshot::channel();
        let serve = web.run_until(async {
            let _ = asked.await;
        });
        let done = tokio::spawn(async { serve.await.unwrap() });
        Self { url, ctx, quit, done }
    }

    pub async fn stop(self) {
        self.quit.send(()).unwrap();
        self.done.await.unwrap();
        self.ctx.db.close().await;
    }
}

impl App {
    pub async fn sqlite() -> Self {
        Self::start(None, |_| ()).await
    }

    pub async fn postgres() -> Self {
        Self::start(Some(Postgres::create().await), |_| ()).await
    }

    /// A server on SQLite with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start(None, change).await
    }

    async fn start(postgres: Option<Postgres>, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            listen: "127.0.0.1:0".into(),
            data: folder.path().join("data"),
            database: postgres.as_ref().map_or_else(String::new, |p| p.url.clone()),
            worker: false,
            threads: 2,
            ..Config::default()
        };
        change(&mut config);
        let Server { ctx, url, quit, done } = Server::start(config).await;
        account(&ctx, "admin", true).await;
        let admin = Person::sign_in(&url, "admin", PASSWORD).await;
        Self { url, ctx, folder, postgres, admin, quit, done }
    }

    /// Another server on the same data with other settings.
    pub async fn beside(&self, change: impl FnOnce(&mut Config)) -> Server {
        let mut config = (*self.ctx.config).clone();
        change(&mut config);
        Server::start(config).await
    }

    /// Folder of the test; the data folder is inside.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The first account, signed in.
    pub async fn admin(&self) -> Person {
        self.admin.clone()
    }

    /// A new account without any project, signed in.
    pub async fn stranger(&self, login: &str) -> Person {
        account(&self.ctx, login, false).await;
        Person::sign_in(&self.url, login, PASSWORD).await
    }

    /// A new account with a role in a project, signed in.
    pub async fn member(&self, login: &str, project: &str, role: &str) -> Person {
        let person = self.stranger(login).await;
        let put = self.admin().await.put(&format!("/api/v1/projects/{project}/members/{login}"), &json!({ "role": role })).await;
        assert_eq!(put.status, 200, "{put:?}");
        person
    }

    /// A project of the admin with two classes (1 cell, a thing; 2 tissue, stuff) and so many drawn images; its id.
    pub async fn project(&self, images: usize, policy: Value) -> String {
        let admin = self.admin().await;
        let body = json!({
            "name": "Cells",
            "classes": [{ "name": "cell", "color": "#4cc38a" }, { "name": "tissue", "kind": "stuff" }],
            "policy": policy,
        });
        let made = admin.post("/api/v1/projects", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let id = made.json["id"].as_str().unwrap().to_owned();
        let files = (0..images).map(|i| (format!("image-{i:03}.png"), pictures::png(96, 64, i as u64))).collect();
        if images > 0 {
            let uploaded = admin.upload(&format!("/api/v1/projects/{id}/images"), files).await;
            assert_eq!(uploaded.status, 200, "{uploaded:?}");
        }
        id
    }

    pub async fn stop(self) {
        self.quit.send(()).unwrap();
        self.done.await.unwrap();
        self.ctx.db.close().await;
        if let Some(postgres) = self.postgres {
            postgres.drop().await;
        }
    }
}

async fn account(ctx: &Context, login: &str, admin: bool) {
    let new = NewUser { login: login.into(), name: format!("The {login}"), password: Some(PASSWORD.into()), admin };
    add(ctx, new, None).await.unwrap();
}
