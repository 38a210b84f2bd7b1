//! The form that makes a project.

use actix_web::{HttpResponse, http::StatusCode, web};
use labelwright_ui::{Section, pages::NewProjectPage, parts::ClassRow};

use super::{
    entry::{again, refusal},
    html, see_other,
    visit::Visit,
};
use crate::{
    domain::policy::Policy,
    http::{
        api::projects::{NewClass, NewProject, make},
        error::{ApiError, Result},
    },
};

type Fields = Vec<(String, String)>;

/// `GET /projects/new`.
pub async fn form(visit: Visit) -> Result<HttpResponse> {
    html(&NewProjectPage::blank(visit.layout(Section::Projects, "New project")))
}

/// `POST /projects/new`. What can't be taken is shown again as it was typed.
pub async fn create(visit: Visit, fields: web::Form<Fields>) -> Result<HttpResponse> {
    let new = match read(&fields) {
        Ok(new) => make(&visit.ctx, new, visit.user.id).await,
        Err(error) => Err(error),
    };
    match new {
        Ok(id) => Ok(see_other(&format!("/projects/{id}"))),
        Err(error @ (ApiError::BadRequest(_) | ApiError::TooLarge(_) | ApiError::Conflict(_))) => {
            let mut layout = visit.layout(Section::Projects, "New project");
            layout.notice = Some(refusal(&error));
            Ok(again(html(&typed(NewProjectPage::blank(layout), &fields))?, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error),
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The values of a repeated field, in order.
fn each<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Name, colour and kind of each row, as they were typed.
fn class_rows(fields: &Fields) -> impl Iterator<Item = (&str, &str, &str)> {
    let colors = each(fields, "class_color").chain(std::iter::repeat(""));
    let kinds = each(fields, "class_kind").chain(std::iter::repeat("thing"));
    each(fields, "class_name").zip(colors).zip(kinds).map(|((name, color), kind)| (name, color, kind))
}

/// A field of the policy; an empty or hidden one keeps its default.
fn set<T: serde::de::DeserializeOwned>(fields: &Fields, name: &str, value: &mut T) -> Result<()> {
    let Some(text) = field(fields, name).map(str::trim).filter(|text| !text.is_empty()) else { return Ok(()) };
    let parsed = serde_json::from_str(text).or_else(|_| serde_json::from_value(text.into()));
    *value = parsed.map_err(|_| ApiError::BadRequest(format!("'{text}' can't be the value of {}", name.replace('_', " "))))?;
    Ok(())
}

fn read(fields: &Fields) -> Result<NewProject> {
    let mut classes = Vec::new();
    for (name, color, kind) in class_rows(fields).filter(|(name, ..)| !name.trim().is_empty()) {
        let kind = kind.parse().map_err(|_| ApiError::BadRequest(format!("'{kind}' is no kind of class")))?;
        classes.push(NewClass {
            index: None,
            name: name.to_owned(),
            color: (!color.is_empty()).then(|| color.to_owned()),
            kind: Some(kind),
            attributes: None,
        });
    }
    let mut policy = Policy::default();
    set(fields, "mode", &mut policy.mode)?;
    set(fields, "threshold", &mut policy.threshold)?;
    set(fields, "target_miou", &mut policy.target_miou)?;
    set(fields, "opinions", &mut policy.opinions)?;
    let text = |name| field(fields, name).unwrap_or_default().to_owned();
    Ok(NewProject { name: text("name"), instructions: text("instructions"), classes, policy })
}

/// The page with what was typed; numbers that are none fall back to the usual ones.
fn typed(mut page: NewProjectPage, fields: &Fields) -> NewProjectPage {
    let text = |name| field(fields, name).unwrap_or_default().to_owned();
    page.name = text("name");
    page.instructions = text("instructions");
    let rows: Vec<ClassRow> = (1..=254)
        .zip(class_rows(fields))
        .map(|(index, (name, color, kind))| ClassRow {
            index,
            name: name.to_owned(),
            color: color.to_owned(),
            kind: kind.to_owned(),
            in_use: false,
        })
        .collect();
    if !rows.is_empty() {
        page.classes = rows;
    }
    if let Some(mode) = field(fields, "mode") {
        page.mode = mode.to_owned();
    }
    let number = |name: &str, usual: f64| field(fields, name).and_then(|text| text.trim().parse().ok()).unwrap_or(usual);
    page.threshold = number("threshold", page.threshold);
    page.target_miou = number("target_miou", page.target_miou);
    page.opinions = field(fields, "opinions").and_then(|text| text.trim().parse().ok()).unwrap_or(page.opinions);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::policy::Mode, store::ClassKind};

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn rows_without_a_name_are_left_out_and_the_policy_is_read() {
        let sent = fields(&[
            ("name", "Cells"),
            ("class_color", "#4cc38a"),
            ("class_name", "nucleus"),
            ("class_kind", "thing"),
            ("class_color", "#e0a843"),
            ("class_name", " "),
            ("class_kind", "thing"),
            ("class_color", "#f07178"),
            ("class_name", "dish"),
            ("class_kind", "stuff"),
            ("mode", "fixed"),
            ("threshold", "0.8"),
            ("target_miou", ""),
            ("opinions", "3"),
        ]);
        let new = read(&sent).unwrap();
        let classes: Vec<_> = new.classes.iter().map(|c| (c.name.as_str(), c.color.as_deref(), c.kind)).collect();
        assert_eq!(classes, [("nucleus", Some("#4cc38a"), Some(ClassKind::Thing)), ("dish", Some("#f07178"), Some(ClassKind::Stuff))]);
        assert_eq!((new.policy.mode, new.policy.threshold, new.policy.opinions), (Mode::Fixed, 0.8, 3));
        assert_eq!(new.policy.target_miou, Policy::default().target_miou);
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let error = read(&fields(&[("name", "x"), ("opinions", "many")])).unwrap_err();
        assert_eq!(error.to_string(), "'many' can't be the value of opinions");
    }
}
