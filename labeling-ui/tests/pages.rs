//! Every page, rendered with made-up data: nothing that people typed becomes markup, the content security policy is kept, and what a page
//! points at exists.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

#[path = "../examples/gallery/samples/mod.rs"]
mod samples;

use labelwright_ui::file;
use std::collections::BTreeSet;

const HOSTILE: &str = r#""><script>alert(1)</script><img src=x onerror=alert(1)>' "#;

fn usual() -> Vec<(&'static str, String)> {
    samples::pages(&|text| text.to_owned())
}

/// The values of an attribute in the order they stand.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn hostile_text_never_becomes_markup() {
    let hostile = samples::pages(&|text| format!("{HOSTILE}{text}"));
    for ((name, html), (_, mild)) in hostile.iter().zip(samples::pages(&|text| format!("mild{text}"))) {
        assert!(!html.contains("<script>alert"), "{name} lets a script through");
        assert!(!html.contains("<img src=x"), "{name} lets a picture through");
        assert_eq!(html.matches('<').count(), mild.matches('<').count(), "{name} has other tags than with mild text");
    }
}

#[test]
fn pages_keep_the_content_security_policy() {
    for (name, html) in usual() {
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name} has inline styles");
        assert!(!html.contains("javascript:") && !html.contains(" onclick="), "{name} has inline scripts");
        for tag in html.split("<script").skip(1) {
            let attributes = tag.split('>').next().unwrap();
            assert!(attributes.contains(" src=\"/static/"), "{name} has an inline script");
        }
        for address in values(&html, "src").into_iter().chain(values(&html, "href")) {
            assert!(!address.contains("//"), "{name} points outside: {address}");
        }
    }
}

#[test]
fn every_static_file_a_page_names_exists() {
    let bundled = file("build/manifest.json", false).is_some();
    for (name, html) in usual() {
        for address in values(&html, "src").into_iter().chain(values(&html, "href")) {
            let Some(path) = address.strip_prefix("/static/") else { continue };
            let path = path.split(['?', '#']).next().unwrap();
            // A build without npm has no bundles; its pages can be read but not acted on.
            if bundled || !path.starts_with("build/") {
                assert!(file(path, false).is_some(), "{name} names static/{path}, which does not exist");
            }
        }
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = String::from_utf8(file("icons.svg", false).unwrap().0.data.into_owned()).unwrap();
    let used: BTreeSet<String> = usual()
        .iter()
        .flat_map(|(_, html)| {
            values(html, "href").into_iter().filter_map(|h| h.strip_prefix("/static/icons.svg")?.split_once('#')).collect::<Vec<_>>()
        })
        .map(|(_, name)| name.to_owned())
        .collect();
    assert!(used.len() > 20);
    for name in used {
        assert!(sprite.contains(&format!("id=\"{name}\"")), "static/icons.svg has no {name}; see labeling-ui/icons.mjs");
    }
}

#[test]
fn labels_dialogs_and_headings_point_at_something_on_the_page() {
    for (name, html) in usual() {
        let ids = values(&html, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name} uses an id twice");
        for attribute in ["for", "aria-labelledby", "aria-describedby", "data-dialog"] {
            for target in values(&html, attribute) {
                assert!(unique.contains(&target), "{name}: {attribute}=\"{target}\" points at nothing");
            }
        }
    }
}

#[test]
fn who_may_not_change_something_sees_no_button_for_it() {
    let pages = usual();
    let page = |wanted: &str| &pages.iter().find(|(name, _)| *name == wanted).unwrap().1;
    assert!(page("settings").contains("data-call=\"PATCH"));
    assert!(!page("settings-read-only").contains("type=\"submit\">Save"));
    assert!(!page("settings-read-only").contains("data-dialog="));
    assert!(!page("images-none").contains("id=\"upload\""));
}
