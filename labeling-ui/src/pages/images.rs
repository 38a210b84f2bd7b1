//! A project's images as a grid.

use crate::{Layout, links::query, parts::ImageCard};
use askama::Template;

/// `GET /projects/{p}/images?state=&subset=&source=&q=&after=`. All filters are optional and combine.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "images.html")]
pub struct ImagesPage {
    pub layout: Layout,
    pub images: Vec<ImageCard>,
    /// Filters in force; empty means all. `state` as in [`ImageCard::state`], `subset`, `source` `people` or `machine`, `q` part of a name.
    pub state: String,
    pub subset: String,
    pub source: String,
    pub q: String,
    /// Images that match the filters; `None` when counting them is not worth it.
    pub total: Option<u64>,
    /// This page's own cursor; empty on the first page.
    pub after: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Shows the place to drop new images.
    pub can_upload: bool,
}

/// A filter's value in the address and its word.
pub type FilterChoice = (&'static str, &'static str);

impl ImagesPage {
    pub(crate) fn states(&self) -> [FilterChoice; 7] {
        [
            ("", "all"),
            ("waiting", "waiting"),
            ("leased", "being labeled"),
            ("done", "by people"),
            ("machine", "by the model"),
            ("disagree", "disagree"),
            ("skipped", "skipped"),
        ]
    }

    pub(crate) fn subsets(&self) -> [FilterChoice; 4] {
        [("", "all"), ("train", "train"), ("validation", "validation"), ("test", "test")]
    }

    pub(crate) fn sources(&self) -> [FilterChoice; 3] {
        [("", "all"), ("people", "people"), ("machine", "the model")]
    }

    /// Any filter is in force.
    pub(crate) fn filtered(&self) -> bool {
        [&self.state, &self.subset, &self.source, &self.q].iter().any(|f| !f.is_empty())
    }

    /// This page with one filter changed, from its start.
    pub(crate) fn link(&self, key: &str, value: &str) -> String {
        let choose = |name: &str, present: &str| if name == key { value.to_owned() } else { present.to_owned() };
        query(&[
            ("state", &choose("state", &self.state)),
            ("subset", &choose("subset", &self.subset)),
            ("source", &choose("source", &self.source)),
            ("q", &choose("q", &self.q)),
        ])
    }

    /// This page with the same filters from a cursor on.
    pub(crate) fn page(&self, after: &str) -> String {
        query(&[("state", &self.state), ("subset", &self.subset), ("source", &self.source), ("q", &self.q), ("after", after)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_the_others_and_starts_at_the_first_page() {
        let page = ImagesPage { state: "done".into(), q: "a b&c".into(), after: "x".into(), ..ImagesPage::default() };
        assert_eq!(page.link("subset", "test"), "?state=done&subset=test&q=a%20b%26c");
        assert_eq!(page.link("state", ""), "?q=a%20b%26c");
        assert_eq!(page.page("k/1"), "?state=done&q=a%20b%26c&after=k%2F1");
        assert!(page.filtered() && !ImagesPage::default().filtered());
    }
}
