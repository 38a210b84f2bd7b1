//! Every page with made-up data, in its usual and in its empty state. Tests render the same data with hostile text in all places that
//! people can fill.

mod images;
mod tuning;

use images::{classes, image, images, work};
use labelwright_ui::{
    Layout, Notice, ProjectNav, Section, Template, UserChip,
    pages::{
        EditorPage, ErrorPage, ExportsPage, ImagesPage, ModelsPage, NewProjectPage, OverviewPage, PeoplePage, ProjectsPage, SettingsPage,
        SignInPage, SystemPage, TokensPage, TryItPage, TuningsPage, WelcomePage, WorkPage,
        exports::{ExportRow, FileRow, FolderRow, FormatChoice},
        models::{ClassFigure, ModelRow},
        overview::{Round, ThresholdView},
        people::UserRow,
        projects::ProjectCard,
        settings::{ChecksForm, MemberRow, PolicyForm, QuestionRow, UserOption},
        system::Check,
        tokens::{ProjectOption, TokenRow},
        try_it::ModelInUse,
    },
    parts::{Holding, JobRow, PersonRow, Progress},
};
use tuning::{tuning, tunings};

/// Turns a sample text into what is put on the page.
pub type Words<'a> = &'a dyn Fn(&str) -> String;

const NOW: i64 = 1_795_471_323_000;
const MINUTE: i64 = 60_000;

/// All pages by name.
pub fn pages(w: Words) -> Vec<(&'static str, String)> {
    let mut pages = vec![
        ("sign-in", html(&sign_in(w, false))),
        ("sign-in-refused", html(&sign_in(w, true))),
        ("welcome", html(&welcome(w))),
        ("projects", html(&projects(w))),
        ("projects-empty", html(&ProjectsPage { layout: layout(w, "Projects", Section::Projects, false), ..ProjectsPage::default() })),
        ("new-project", html(&NewProjectPage::blank(layout(w, "New project", Section::Projects, false)))),
        ("overview", html(&overview(w))),
        ("overview-first", html(&overview_first(w))),
        ("overview-empty", html(&OverviewPage { layout: project(w, Section::Overview), ..OverviewPage::default() })),
        ("images", html(&images(w))),
        ("images-empty", html(&ImagesPage { layout: project(w, Section::Images), can_upload: true, ..ImagesPage::default() })),
        ("images-none", html(&ImagesPage { layout: project(w, Section::Images), q: w("field"), ..ImagesPage::default() })),
        ("image", html(&image(w))),
        ("work", html(&work(w))),
        ("work-empty", html(&WorkPage { layout: project(w, Section::Work), ..WorkPage::default() })),
        ("models", html(&models(w))),
        ("models-empty", html(&ModelsPage { layout: project(w, Section::Models), can_manage: true, ..ModelsPage::default() })),
        ("try-it", html(&try_it(w))),
        ("try-it-empty", html(&TryItPage { layout: project(w, Section::TryIt), can_manage: true, ..TryItPage::default() })),
        ("tunings", html(&tunings(w))),
        (
            "tunings-empty",
            html(&TuningsPage { layout: project(w, Section::Tuning), needed: 8, can_manage: true, ..TuningsPage::default() }),
        ),
        ("tuning", html(&tuning(w, 24))),
        ("tuning-begun", html(&tuning(w, 0))),
        ("exports", html(&exports(w))),
        ("exports-empty", html(&ExportsPage { layout: project(w, Section::Exports), can_export: true, ..ExportsPage::default() })),
        ("settings", html(&settings(w, true))),
        ("settings-read-only", html(&settings(w, false))),
        ("people", html(&people(w))),
        ("tokens", html(&tokens(w))),
        ("tokens-empty", html(&TokensPage { layout: layout(w, "Tokens", Section::Tokens, false), ..TokensPage::default() })),
        ("system", html(&system(w))),
        ("editor", html(&editor(w))),
    ];
    for (name, status) in [("error-403", 403), ("error-404", 404), ("error-500", 500)] {
        let mut page = ErrorPage::new(layout(w, "", Section::None, false), status);
        page.request_id = w("0192f0c1-7b1e");
        pages.push((name, html(&page)));
    }
    pages
}

fn html(page: &impl Template) -> String {
    page.render().unwrap()
}

fn layout(w: Words, title: &str, section: Section, with_project: bool) -> Layout {
    Layout {
        title: title.into(),
        section,
        user: Some(UserChip { login: w("manager-1"), name: w("manager-1"), admin: true }),
        project: with_project.then(|| ProjectNav {
            id: "p1".into(),
            name: w("Nuclei, plate 7"),
            role: "manager".into(),
            images: 5000,
            work: 1350,
            model: Some(6),
        }),
        notice: None,
        now_ms: NOW,
    }
}

fn project(w: Words, section: Section) -> Layout {
    let title = match section {
        Section::Overview => w("Nuclei, plate 7"),
        section => format!("{section:?}"),
    };
    layout(w, &title, section, true)
}

fn try_it(w: Words) -> TryItPage {
    let model = ModelInUse { version: 6, created_ms: NOW - 40 * MINUTE, labels: 214, miou: Some(0.912), threshold: Some(0.87) };
    TryItPage { layout: project(w, Section::TryIt), model: Some(model), images: images(w).images, can_manage: true }
}

fn tokens(w: Words) -> TokensPage {
    let token = |id: &str, name: &str, inference: bool, project: Option<String>, used: Option<i64>| TokenRow {
        id: id.into(),
        name: w(name),
        inference,
        project,
        created_ms: NOW - 9000 * MINUTE,
        expires_ms: NOW + 90_000 * MINUTE,
        used_ms: used.map(|minutes| NOW - minutes * MINUTE),
    };
    TokensPage {
        layout: layout(w, "Tokens", Section::Tokens, false),
        tokens: vec![
            token("t1", "microscope 3", true, Some(w("Nuclei, plate 7")), Some(30)),
            token("t2", "nightly export", false, None, None),
            token("t3", "all models", true, None, Some(4000)),
        ],
        projects: vec![ProjectOption { id: "p1".into(), name: w("Nuclei, plate 7") }],
        chosen: String::new(),
    }
}

fn sign_in(w: Words, refused: bool) -> SignInPage {
    let notice = refused.then(|| Notice::bad("Login and password don't match.", w("Nothing was changed. Check both and try again.")));
    SignInPage {
        layout: Layout { title: "Sign in".into(), notice, ..Layout::default() },
        login: if refused { w("annotator-1") } else { String::new() },
        next: w("/projects"),
    }
}

fn welcome(w: Words) -> WelcomePage {
    WelcomePage {
        layout: Layout { title: "Welcome".into(), ..Layout::default() },
        token: w("abc"),
        login: w("annotator-4"),
        name: w("annotator-4"),
        min_password: 10,
    }
}

fn progress() -> Progress {
    Progress {
        images: 5000,
        people: 900,
        machine_provisional: 2400,
        machine_committed: 200,
        disagree: 150,
        waiting: 1347,
        leased: 3,
        skipped: 0,
        validation_labeled: 200,
        seconds_spent: 132_000.0,
        eta_seconds: Some(11_400.0),
        share_model: 0.74,
    }
}

fn projects(w: Words) -> ProjectsPage {
    let card = |id: &str, name: &str, role: &str, progress: Progress, paused: bool, model: Option<u32>| ProjectCard {
        id: id.into(),
        name: w(name),
        role: role.into(),
        paused,
        progress,
        members: 4,
        classes: 3,
        model,
    };
    let done = Progress { images: 640, people: 210, machine_committed: 430, ..Progress::default() };
    let begun = Progress { images: 12_480, people: 12, skipped: 3, waiting: 12_465, ..Progress::default() };
    ProjectsPage {
        layout: layout(w, "Projects", Section::Projects, false),
        projects: vec![
            card("p1", "Nuclei, plate 7", "manager", progress(), false, Some(6)),
            card("p2", "Street scenes of the north district, autumn and winter", "annotator", begun, true, None),
            card("p3", "Leaves", "reviewer", done, false, Some(3)),
            card("p4", "Scratches on steel", "manager", Progress::default(), false, None),
        ],
        next: Some(w("cursor")),
    }
}

fn job(w: Words, id: &str, kind: &str, state: &str, progress: f64, message: &str) -> JobRow {
    JobRow {
        id: id.into(),
        kind: kind.into(),
        state: state.into(),
        progress,
        message: w(message),
        worker: Some(w("cpu-1")),
        created_ms: NOW - 9 * MINUTE,
        started_ms: (state != "queued").then_some(NOW - 8 * MINUTE),
        finished_ms: matches!(state, "done" | "failed" | "cancelled").then_some(NOW - 8 * MINUTE + 48_000),
    }
}

fn overview(w: Words) -> OverviewPage {
    let person = |n: u32, labels: u64, seconds: f64, agreement: f64, now: Option<(&str, i64)>| PersonRow {
        id: n.to_string(),
        login: w(&format!("annotator-{n}")),
        name: w(&format!("annotator-{n}")),
        role: "annotator".into(),
        labels,
        median_seconds: Some(seconds),
        agreement: Some(agreement),
        now: now.map(|(image, minutes)| Holding { task_id: "t".into(), image_name: w(image), lease_until_ms: NOW + minutes * MINUTE }),
    };
    let curve = (0..=40).map(|i| f64::from(i) / 40.0).map(|c| (c, 0.97 - 0.3 * c * c * c)).collect();
    OverviewPage {
        layout: project(w, Section::Overview),
        paused: false,
        progress: progress(),
        threshold: Some(ThresholdView {
            model_version: 6,
            mode: "target".into(),
            target: Some(0.85),
            threshold: Some(0.81),
            coverage: Some(0.74),
            miou: None,
            curve,
        }),
        rounds: [0.52, 0.66, 0.74, 0.79, 0.83, 0.86]
            .iter()
            .zip(1..)
            .map(|(&miou, version)| Round { version, miou, labels: u64::from(version) * 150 })
            .collect(),
        validation_images: 200,
        people: vec![
            person(1, 412, 102.0, 0.94, Some(("field_0412.png", 24))),
            person(2, 308, 130.0, 0.91, Some(("field_0977.png", 8))),
            person(3, 180, 175.0, 0.74, None),
        ],
        jobs: vec![
            job(w, "j5", "train", "running", 0.62, "v7 on 900 labeled images"),
            job(w, "j4", "predict", "queued", 0.0, ""),
            job(w, "j3", "predict", "done", 1.0, "v6 on 2 700 images"),
            job(w, "j2", "export", "failed", 0.4, "The disk is full. Nothing was written; free 2 GB and try again."),
            job(w, "j1", "export", "cancelled", 0.1, ""),
        ],
        labels_since_training: 14,
        retrain_after_labels: 20,
    }
}

fn overview_first(w: Words) -> OverviewPage {
    OverviewPage {
        layout: project(w, Section::Overview),
        progress: Progress { images: 240, people: 7, waiting: 231, leased: 2, seconds_spent: 812.0, ..Progress::default() },
        people: vec![PersonRow {
            id: "1".into(),
            login: w("manager-1"),
            name: w("manager-1"),
            role: "manager".into(),
            ..PersonRow::default()
        }],
        labels_since_training: 7,
        retrain_after_labels: 20,
        paused: true,
        ..OverviewPage::default()
    }
}

fn models(w: Words) -> ModelsPage {
    let model = |version: u32, miou: f64, coverage: f64, machine_labels| ModelRow {
        id: format!("m{version}"),
        version,
        created_ms: NOW - i64::from(7 - version) * 47 * MINUTE,
        labels: u64::from(version) * 150,
        train_seconds: Some(72.0 + f64::from(version) * 9.0),
        miou: Some(miou),
        pixel_accuracy: Some(miou + 0.09),
        threshold: (miou > 0.7).then_some(0.93 - miou / 8.0),
        coverage: (miou > 0.7).then_some(coverage),
        validation_images: 200,
        per_class: [("nucleus", "#4cc38a", Some(0.93)), ("mitotic", "#e0a843", Some(0.71)), ("debris", "#f07178", None)]
            .map(|(name, color, iou)| ClassFigure { name: w(name), color: color.into(), iou })
            .to_vec(),
        machine_labels,
        current: version == 6,
    };
    ModelsPage {
        layout: project(w, Section::Models),
        models: vec![
            model(6, 0.86, 0.74, 2400),
            model(5, 0.83, 0.61, 200),
            model(4, 0.79, 0.4, 0),
            model(3, 0.74, 0.2, 0),
            model(2, 0.66, 0.0, 0),
        ],
        active: Some(job(w, "j5", "train", "running", 0.62, "v7 on 900 labeled images")),
        provisional: 2400,
        committed: 200,
        labels: 900,
        labels_new: 14,
        mode: "target".into(),
        target_miou: 0.85,
        can_manage: true,
    }
}

fn exports(w: Words) -> ExportsPage {
    let file = |name: &str, bytes| FileRow { name: w(name), bytes, url: format!("/api/v1/exports/j1/{name}") };
    let row = |id: &str, format: &str, state: &str, message: &str, files: Vec<FileRow>| ExportRow {
        job: job(w, id, "export", state, 0.38, message),
        format: format.into(),
        include_provisional: id == "j3",
        images: 3500,
        bytes: files.iter().map(|file: &FileRow| file.bytes).sum::<u64>() + 120_000_000,
        folders: if files.is_empty() { vec![] } else { vec![FolderRow { name: w("images"), files: 3500, bytes: 120_000_000 }] },
        remarks: if files.is_empty() {
            vec![]
        } else {
            vec![w("Holes were filled, or cut open by a seam: 12 shapes, first in a.png, b.png.")]
        },
        files,
    };
    let choice = |id: &str, title: &str, about: &str| FormatChoice { id: id.into(), title: w(title), about: w(about) };
    ExportsPage {
        layout: project(w, Section::Exports),
        people: 900,
        committed: 200,
        provisional: 2400,
        exports: vec![
            row("j4", "PNG masks", "running", "writing masks", vec![]),
            row(
                "j3",
                "RecordIO, masks",
                "done",
                "",
                vec![file("train.rec", 1_200_000_000), file("train.idx", 64_000), file("train.lst", 91_000), file("classes.json", 412)],
            ),
            row("j2", "RecordIO, boxes", "failed", "The disk is full. Nothing was written; free 2 GB and try again.", vec![]),
        ],
        can_export: true,
        formats: vec![
            choice("recordio-seg", "RecordIO, masks", "Pictures and class masks in two sets of records with the same ids."),
            choice("coco", "COCO", "Polygons and run-length masks in one JSON a subset."),
            choice("png-masks", "PNG masks", "A folder of pictures and one indexed PNG for each."),
        ],
        more_formats: vec![
            choice("voc", "Pascal VOC", "XML boxes and palette PNGs."),
            choice("yolo-seg", "YOLO, polygons", "One text file a picture."),
        ],
    }
}

fn settings(w: Words, can_manage: bool) -> SettingsPage {
    let member = |n: u32, role: &str| MemberRow {
        user_id: n.to_string(),
        login: w(&format!("{role}-{n}")),
        name: w(&format!("{role}-{n}")),
        role: role.into(),
        is_me: n == 1,
    };
    SettingsPage {
        layout: project(w, Section::Settings),
        name: w("Nuclei, plate 7"),
        instructions: w(
            "Draw every nucleus whose border you can see.\nCut touching nuclei apart. Nuclei cut by the image border count too.",
        ),
        paused: false,
        classes: classes(w),
        questions: vec![
            QuestionRow { class: 1, name: w("stage"), kind: "choice".into(), detail: w("prophase, metaphase, anaphase"), required: true },
            QuestionRow { class: 1, name: w("occluded"), kind: "checkbox".into(), ..QuestionRow::default() },
            QuestionRow { class: 2, name: w("count"), kind: "number".into(), detail: "0 to 8".into(), required: false },
        ],
        policy: PolicyForm { mode: "target".into(), ..PolicyForm::default() },
        checks: ChecksForm { tiny: "40".into(), attributes: true, ..ChecksForm::default() },
        members: vec![member(1, "manager"), member(2, "annotator"), member(3, "reviewer")],
        candidates: vec![UserOption { id: "9".into(), login: w("annotator-9"), name: w("annotator-9") }],
        can_manage,
    }
}

fn people(w: Words) -> PeoplePage {
    let user = |n: u32, admin, has_password| UserRow {
        id: n.to_string(),
        login: w(&format!("annotator-{n}")),
        name: w(&format!("annotator-{n}")),
        admin,
        created_ms: NOW - i64::from(n) * 2000 * MINUTE,
        has_password,
        projects: u64::from(n),
    };
    PeoplePage {
        layout: layout(w, "People", Section::People, false),
        users: vec![user(1, true, true), user(2, false, true), user(3, false, false)],
        next: None,
    }
}

fn system(w: Words) -> SystemPage {
    let check = |name: &str, ok, detail: &str| Check { name: w(name), ok, detail: w(detail) };
    SystemPage {
        layout: layout(w, "Health", Section::System, false),
        healthy: false,
        version: "0.1.0".into(),
        uptime_seconds: 93_000.0,
        checks: vec![
            check("Database", true, "SQLite, answers in 0.4 ms"),
            check("Storage", true, "412 GB free"),
            check("Worker", false, "No worker has been seen for 5 minutes. Jobs wait; start one with “labelwright worker”."),
        ],
        facts: vec![("Database".into(), w("sqlite")), ("Data".into(), w("/var/lib/labelwright")), ("Images".into(), "17 480".into())],
        jobs: vec![
            job(w, "j5", "train", "running", 0.62, "v7 on 900 labeled images"),
            job(w, "j2", "export", "failed", 0.4, "The disk is full."),
        ],
    }
}

fn editor(w: Words) -> EditorPage {
    EditorPage { project_id: "p1".into(), project_name: w("Nuclei, plate 7"), task: Some(w("t0")), back: "/projects/p1".into() }
}
