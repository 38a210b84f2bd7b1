//! Exports: what is in them, twice the same, and never half.

use std::{collections::BTreeMap, fs, io::BufReader, path::Path};

use labelwright_dataset::formats::{
    recordio::{ImageHeader, RecordReader},
    registry,
};
use serde_json::Value;

use super::*;
use crate::{
    jobs::{
        JobError, Progress,
        export::{Options, archive::Archive, folder::Folder, write},
        progress::Why,
    },
    store::{LabelSource, LabelStatus, labels},
};

async fn project() -> Fixture {
    let f = Fixture::new(Policy { validation_share: 0.3, ..Policy::default() }).await;
    for number in 0..8 {
        let image = f.add(number).await;
        if number < 6 {
            f.label(image, number).await;
        } else {
            machine(&f, image, number).await;
        }
    }
    f
}

async fn machine(f: &Fixture, image: Uuid, number: u32) {
    let label = labels::Label {
        id: Uuid::now_v7(),
        project_id: f.project.id,
        image_id: image,
        source: LabelSource::Model,
        status: if number == 6 { LabelStatus::Committed } else { LabelStatus::Provisional },
        confidence: Some(0.9),
        agreement: None,
        model_id: None,
        shapes: serde_json::to_string(&[outline(number)]).unwrap(),
        mask_key: None,
        created_ms: Millis::now(),
    };
    let mut tx = f.ctx.db.write().await.unwrap();
    labels::replace(&mut tx, &label).await.unwrap();
    tx.commit().await.unwrap();
}

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                out.insert(path.strip_prefix(dir).unwrap().display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    out
}

fn written() -> impl Iterator<Item = &'static registry::Format> {
    registry::FORMATS.iter().copied().filter(|format| format.writer.is_some())
}

#[tokio::test]
async fn the_same_dataset_gives_the_same_bytes_in_every_format() {
    let f = project().await;
    assert!(written().count() >= 4);
    for format in written() {
        let options = Options::new(format.id);
        let write = |name: &str| {
            let dir = f.dir.path().join(format!("{name}-{}", format.id));
            let (ctx, project, options) = (f.ctx.clone(), f.project.clone(), options.clone());
            async move { (write(&ctx, &project, &options, &dir, &Progress::new()).await.unwrap(), contents(&dir)) }
        };
        let ((report, first), (_, second)) = (write("a").await, write("b").await);
        assert_eq!((report.images, report.left_out_refused), (8, 0), "{}", format.id);
        assert_eq!((report.people, report.machine_committed, report.machine_provisional), (6, 1, 1));
        assert!(first == second, "{} differs", format.id);
        assert!(first.contains_key("classes.json") && first.contains_key("dataset.json"));
        assert!(report.files.iter().all(|file| first[&file.name].len() as u64 == file.bytes));
        assert_eq!(report.bytes, first.values().map(|bytes| bytes.len() as u64).sum::<u64>());
        let hidden: Vec<_> = first.keys().filter(|name| name.starts_with('.')).collect();
        assert!(hidden.is_empty(), "{hidden:?} belong to no dataset");
    }
}

/// The worker dies in the middle of an export; the next one goes on, and the files are those of an export that nothing happened to.
#[tokio::test]
async fn an_export_goes_on_where_it_was_cut_off() {
    let f = project().await;
    for format in written() {
        let options = Options::new(format.id);
        let (whole, cut) = (f.dir.path().join(format!("whole-{}", format.id)), f.dir.path().join(format!("cut-{}", format.id)));
        write(&f.ctx, &f.project, &options, &whole, &Progress::new()).await.unwrap();
        for (after, why) in [(3, Why::Shutdown), (5, Why::Lost)] {
            let stop = std::sync::Arc::new(std::sync::OnceLock::<Progress>::new());
            let held = std::sync::Arc::clone(&stop);
            let progress = Progress::observed(move |_, message| {
                if message.starts_with(&format!("image {after} ")) {
                    held.get().unwrap().stop(why);
                }
            });
            stop.set(progress.clone()).ok().unwrap();
            let stopped = write(&f.ctx, &f.project, &options, &cut, &progress).await;
            assert!(matches!(stopped, Err(JobError::Stopped)), "{stopped:?}");
            assert!(!cut.exists());
        }
        let report = write(&f.ctx, &f.project, &options, &cut, &Progress::new()).await.unwrap();
        assert_eq!((report.images, report.people), (8, 6), "{}", format.id);
        assert!(contents(&whole) == contents(&cut), "{} differs after it was cut off", format.id);
        let left: Vec<_> = fs::read_dir(f.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".partial")), "{left:?}");
    }
}

#[tokio::test]
async fn an_unfinished_export_of_something_else_is_not_gone_on_with() {
    let f = project().await;
    let dir = f.dir.path().join("out");
    let (mut folder, begun) = Folder::open::<Value>(&dir, false, json!({ "project": "another" })).unwrap();
    assert!(begun.is_none());
    folder.checkpoint(&json!({ "seen": 5 })).unwrap();
    folder.keep();
    // While one program holds the folder, another writes its own.
    let (second, begun) = Folder::open::<Value>(&dir, false, json!({ "project": "another" })).unwrap();
    assert!(begun.is_none());
    drop((second, folder));
    assert!(fs::read_dir(f.dir.path()).unwrap().any(|entry| entry.unwrap().file_name() == ".out.partial"));
    let report = write(&f.ctx, &f.project, &Options::new("recordio-seg"), &dir, &Progress::new()).await.unwrap();
    assert_eq!(report.images, 8);
}

#[tokio::test]
async fn records_have_every_picture_and_its_mask() {
    let f = project().await;
    let dir = f.dir.path().join("out");
    let options = Options { include_provisional: false, form: json!({ "split": true }), ..Options::new("recordio-seg") };
    let report = write(&f.ctx, &f.project, &options, &dir, &Progress::new()).await.unwrap();
    assert_eq!((report.images, report.left_out_provisional), (7, 1));
    let mut ids = Vec::new();
    for subset in ["train", "validation"] {
        let open = |name: &str| RecordReader::new(BufReader::new(fs::File::open(dir.join(format!("{name}_{subset}.rec"))).unwrap()));
        let (mut pictures, mut masks) = (open("seg_image"), open("seg_mask"));
        let (mut picture, mut mask) = (Vec::new(), Vec::new());
        while pictures.read_into(&mut picture).unwrap().is_some() {
            assert!(masks.read_into(&mut mask).unwrap().is_some());
            let ((header, picture), (other, mask)) = (ImageHeader::unpack(&picture).unwrap(), ImageHeader::unpack(&mask).unwrap());
            assert_eq!(header.id, other.id);
            ids.push(header.id);
            let (picture, mask) = (image::load_from_memory(picture).unwrap(), image::load_from_memory(mask).unwrap().into_luma8());
            assert_eq!((picture.width(), picture.height()), mask.dimensions());
            let inside = mask.pixels().filter(|pixel| pixel.0 == [3]).count();
            assert!((200..700).contains(&inside) && mask.pixels().all(|pixel| matches!(pixel.0, [0 | 3])), "{inside}");
        }
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..7).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_export_is_whole_or_not_there() {
    let f = project().await;
    let dir = f.dir.path().join("out");
    let progress = Progress::new();
    progress.stop(Why::Cancelled);
    let stopped = write(&f.ctx, &f.project, &Options::new("png-masks"), &dir, &progress).await;
    assert!(matches!(stopped, Err(JobError::Stopped)), "{stopped:?}");
    assert_eq!(fs::read_dir(f.dir.path()).unwrap().count(), 1, "only the data folder is there");

    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("mine"), "keep me").unwrap();
    let refused = write(&f.ctx, &f.project, &Options::new("png-masks"), &dir, &Progress::new()).await;
    assert!(refused.unwrap_err().to_string().contains("is not empty"));
    assert_eq!(contents(&dir).len(), 1);
    let options = Options { replace: true, ..Options::new("png-masks") };
    write(&f.ctx, &f.project, &options, &dir, &Progress::new()).await.unwrap();
    let files = contents(&dir);
    assert!(!files.contains_key("mine") && files.keys().any(|name| name.starts_with("instances/")), "{:?}", files.keys());
}

#[tokio::test]
async fn an_export_job_names_its_files() {
    let f = project().await;
    let job = f.run(JobKind::Export, json!({ "format": "png-masks" })).await;
    let result = done(&job);
    assert_eq!(result["dir"], format!("exports/{}", job.id));
    let names: Vec<&str> = result["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"classes.json") && names.iter().any(|name| name.starts_with("masks/train/")), "{names:?}");
    let archive = Archive::of(&f.ctx.config.data.join("exports").join(job.id.to_string())).unwrap();
    assert!(archive.length() > result["bytes"].as_u64().unwrap());
    assert_eq!(crate::jobs::export::tidy(&f.ctx, Millis::now()).await.unwrap(), 0);
}
