//! Images, tasks and the pages made of them.

use super::{MINUTE, NOW, Words, project};
use labelwright_ui::{
    Section,
    pages::{
        ImagePage, ImagesPage, WorkPage,
        image::AnnotationRow,
        work::{LoadRow, StateCount},
    },
    parts::{ClassRow, ImageCard, LabelInfo, TaskRow},
};

pub fn card(w: Words, n: usize) -> ImageCard {
    let (state, label) = match n % 5 {
        0 | 3 => ("machine", Some(("machine", "provisional", Some(0.91 - n as f64 * 0.01), None))),
        1 => ("done", Some(("people", "committed", None, Some(0.93)))),
        2 => ("waiting", None),
        _ if n == 9 => ("skipped", None),
        _ => ("leased", None),
    };
    ImageCard {
        id: format!("i{n}"),
        name: w(&format!("field_{:04}.png", 400 + n * 7)),
        width: 1024,
        height: 768,
        subset: if n % 4 == 1 { "validation" } else { "train" }.into(),
        state: state.into(),
        label: label.map(|(source, status, confidence, agreement)| LabelInfo {
            source: source.into(),
            status: status.into(),
            confidence,
            agreement,
        }),
        url: format!("/pictures/{}.svg", n % 6),
        thumb_url: format!("/pictures/{}.svg", n % 6),
        mask_url: label.map(|_| format!("/pictures/{}-mask.svg", n % 6)),
    }
}

pub fn images(w: Words) -> ImagesPage {
    ImagesPage {
        layout: project(w, Section::Images),
        images: (0..23).map(|n| card(w, n)).collect(),
        state: String::new(),
        q: w("field"),
        total: Some(4821),
        after: w("cursor"),
        next: Some(w("next")),
        can_upload: true,
        ..ImagesPage::default()
    }
}

pub fn classes(w: Words) -> Vec<ClassRow> {
    [("nucleus", "#4cc38a"), ("mitotic", "#e0a843"), ("debris", "#f07178")]
        .iter()
        .zip(1..)
        .map(|(&(name, color), index)| ClassRow { index, name: w(name), color: color.into(), kind: "thing".into(), in_use: index < 3 })
        .collect()
}

pub fn task(w: Words, n: usize) -> TaskRow {
    let (state, holder, lease, assigned) = match n % 5 {
        0 => ("leased", Some("annotator-1"), Some(NOW + 24 * MINUTE), None),
        1 => ("leased", Some("annotator-2"), Some(NOW + 8 * MINUTE), None),
        2 => ("waiting", None, None, Some("annotator-3")),
        3 => ("done", Some("annotator-3"), None, None),
        _ => ("waiting", None, None, None),
    };
    TaskRow {
        id: format!("t{n}"),
        image_id: format!("i{n}"),
        image_name: w(&format!("field_{:04}.png", 400 + n * 7)),
        thumb_url: format!("/pictures/{}.svg", n % 6),
        kind: ["label", "adjust", "verify"][n % 3].into(),
        state: state.into(),
        priority: 0.97 - n as f64 * 0.03,
        slot: u32::from(n == 4),
        assigned_to: assigned.map(w),
        holder: holder.map(w),
        lease_until_ms: lease,
    }
}

pub fn image(w: Words) -> ImagePage {
    let annotation = |by: &str, by_model, revision, minutes: i64, seconds, in_label| AnnotationRow {
        id: "a".into(),
        by: w(by),
        by_model,
        revision,
        created_ms: NOW - minutes * MINUTE,
        seconds,
        shapes: 33,
        in_label,
    };
    ImagePage {
        layout: project(w, Section::Images),
        image: card(w, 1),
        classes: classes(w),
        annotations: vec![
            annotation("annotator-1", false, 2, 12, Some(48.0), true),
            annotation("annotator-1", false, 1, 95, Some(171.0), false),
            annotation("model v5", true, 1, 1500, None, false),
        ],
        tasks: vec![task(w, 0), task(w, 3)],
        previous: Some("i0".into()),
        following: Some("i2".into()),
        editor_url: Some("/projects/p1/images/i0/adjust".into()),
        can_manage: true,
    }
}

pub fn work(w: Words) -> WorkPage {
    let count = |state: &str, count| StateCount { state: state.into(), count };
    let load = |n: u32, held, assigned, done_today| LoadRow {
        login: w(&format!("annotator-{n}")),
        name: w(&format!("annotator-{n}")),
        role: "annotator".into(),
        held,
        assigned,
        done_today,
    };
    WorkPage {
        layout: project(w, Section::Work),
        counts: vec![count("waiting", 1347), count("leased", 3), count("parked", 2600), count("done", 1050), count("skipped", 4)],
        state: String::new(),
        tasks: (0..12).map(|n| task(w, n)).collect(),
        people: vec![load(1, 1, 0, 61), load(2, 1, 12, 48), load(3, 0, 30, 33)],
        after: String::new(),
        next: Some(w("next")),
        can_manage: true,
    }
}
