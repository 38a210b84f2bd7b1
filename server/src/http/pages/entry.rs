//! The door: signing in and out, and the one-time link of a new person.

use actix_web::{HttpResponse, HttpResponseBuilder, cookie::Cookie, http::StatusCode, web};
use labelwright_ui::{
    Layout, Notice,
    pages::{SignInPage, WelcomePage},
};
use serde::Deserialize;
use serde_json::json;

use super::{error::sentence, html, see_other};
use crate::{
    context::Context,
    http::{
        api::session,
        auth::{self, Signed},
        error::{ApiError, Result},
        secret,
        throttle::Throttle,
    },
    store::{
        Millis,
        users::{self, User},
    },
};

#[derive(Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct Chosen {
    password: String,
    password_again: String,
}

const HOME: &str = "/projects";

/// A path of this server, or the list of projects when somebody made up something else.
fn local(next: &str) -> &str {
    let mut bytes = next.bytes();
    // Browsers read a backslash as a slash, and `//host` as another site's address.
    let own = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    if own && next.bytes().all(|byte| byte.is_ascii_graphic()) { next } else { HOME }
}

fn layout(title: &str, notice: Option<Notice>) -> Layout {
    Layout { title: title.to_owned(), notice, now_ms: Millis::now().0, ..Layout::default() }
}

/// A notice that tells an error the way the API does.
pub fn refusal(error: &ApiError) -> Notice {
    let problem = error.problem();
    Notice::bad(sentence(&problem.detail), problem.action.unwrap_or_default())
}

/// The same page again, with the status that says why.
pub fn again(mut page: HttpResponse, status: StatusCode) -> HttpResponse {
    *page.status_mut() = status;
    page
}

/// `GET /`.
pub async fn root(signed: Option<Signed>) -> HttpResponse {
    see_other(if signed.is_some() { HOME } else { "/sign-in" })
}

/// `GET /sign-in`.
pub async fn sign_in_form(signed: Option<Signed>, query: web::Query<Next>) -> Result<HttpResponse> {
    if signed.is_some() {
        return Ok(see_other(local(&query.next)));
    }
    html(&SignInPage { layout: layout("Sign in", None), login: String::new(), next: query.into_inner().next })
}

/// `POST /sign-in`.
pub async fn sign_in(ctx: web::Data<Context>, throttle: web::Data<Throttle>, form: web::Form<SignIn>) -> Result<HttpResponse> {
    let SignIn { login, password, next } = form.into_inner();
    let login = login.trim().to_lowercase();
    match session::verify(&ctx, &throttle, &login, password).await {
        Ok(user) => enter(&ctx, &user, local(&next)).await,
        Err(error @ (ApiError::WrongPassword | ApiError::TooManyAttempts)) => {
            let status = actix_web::ResponseError::status_code(&error);
            let page = SignInPage { layout: layout("Sign in", Some(refusal(&error))), login, next };
            Ok(again(html(&page)?, status))
        }
        Err(error) => Err(error),
    }
}

async fn enter(ctx: &Context, user: &User, path: &str) -> Result<HttpResponse> {
    let cookie = auth::start_session(ctx, user.id).await?;
    Ok(HttpResponseBuilder::new(StatusCode::SEE_OTHER).insert_header(("location", path)).cookie(cookie).finish())
}

/// `POST /sign-out`.
pub async fn sign_out(ctx: web::Data<Context>, signed: Option<Signed>) -> Result<HttpResponse> {
    if let Some(signed) = signed {
        let mut tx = ctx.db.write().await?;
        users::delete_secret(&mut tx, &signed.digest).await?;
        tx.commit().await?;
    }
    let mut gone = Cookie::build(auth::COOKIE, "").path("/").finish();
    gone.make_removal();
    Ok(HttpResponseBuilder::new(StatusCode::SEE_OTHER).insert_header(("location", "/sign-in")).cookie(gone).finish())
}

const USED: ApiError = ApiError::NotFound("one-time link: it was used, or it is too old; ask an admin for a new one");

/// `GET /welcome/{token}`.
pub async fn welcome_form(ctx: web::Data<Context>, token: web::Path<String>) -> Result<HttpResponse> {
    let user = users::by_link(&mut ctx.db.read().await?, &secret::digest(&token), Millis::now()).await?;
    let user = user.filter(|user| !user.disabled).ok_or(USED)?;
    html(&welcome_page(token.into_inner(), user, None))
}

fn welcome_page(token: String, user: User, notice: Option<Notice>) -> WelcomePage {
    let min_password = u32::try_from(secret::MIN_PASSWORD).unwrap_or(u32::MAX);
    WelcomePage { layout: layout("Welcome", notice), token, login: user.login, name: user.name, min_password }
}

/// `POST /welcome/{token}`: sets the password, ends the link and every other sign-in of that person, and signs in.
pub async fn welcome(ctx: web::Data<Context>, token: web::Path<String>, form: web::Form<Chosen>) -> Result<HttpResponse> {
    let digest = secret::digest(&token);
    let user = users::by_link(&mut ctx.db.read().await?, &digest, Millis::now()).await?;
    let user = user.filter(|user| !user.disabled).ok_or(USED)?;
    let Chosen { password, password_again } = form.into_inner();
    let wrong = if password.chars().count() < secret::MIN_PASSWORD {
        Some(format!("A password has at least {} characters.", secret::MIN_PASSWORD))
    } else if password != password_again {
        Some("The two passwords differ.".to_owned())
    } else {
        None
    };
    if let Some(text) = wrong {
        let notice = Notice::bad(text, "Nothing was saved; type it twice again.");
        return Ok(again(html(&welcome_page(token.into_inner(), user, Some(notice)))?, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let hash = secret::hash_password(password).await?;
    let mut tx = ctx.db.write().await?;
    // Of two browsers with the same link, the second one finds it gone.
    if users::delete_secret(&mut tx, &digest).await? == 0 {
        return Err(USED);
    }
    users::set_password(&mut tx, user.id, &hash).await?;
    users::delete_secrets_of(&mut tx, user.id).await?;
    users::audit(&mut tx, None, Some(user.id), "user.password", &json!({ "user": user.id }), Millis::now()).await?;
    tx.commit().await?;
    enter(&ctx, &user, HOME).await
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        assert_eq!(local("/projects/7?state=done&q=a%20b"), "/projects/7?state=done&q=a%20b");
        for elsewhere in ["", "//evil.example", "/\\evil.example", "https://evil.example", "projects", "/a\r\nset-cookie: x=1", "/ä"] {
            assert_eq!(local(elsewhere), "/projects", "{elsewhere}");
        }
    }
}
