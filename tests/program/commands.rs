//! The commands that people type.

use labelwright_tests::pictures;

use crate::support::{program, run, text};

#[test]
fn help_teaches_and_settings_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let help = text(&run(&data, &["--help"]).stdout);
    for word in ["serve", "worker", "demo", "import", "export", "convert", "formats", "user", "config", "Examples:", "127.0.0.1:8080"] {
        assert!(help.contains(word), "{word} is missing in {help}");
    }
    let shown = program(&data).env("LABELWRIGHT_SESSION_DAYS", "3").args(["config", "--listen", "127.0.0.1:9"]).output().unwrap();
    let shown = text(&shown.stdout);
    assert!(shown.contains("session_days = 3") && shown.contains("listen = \"127.0.0.1:9\""), "{shown}");

    std::fs::write(folder.path().join("labelwright.toml"), "sesion_days = 3").unwrap();
    let wrong = run(&data, &["config"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("sesion_days"), "{}", text(&wrong.stderr));
}

#[test]
fn a_folder_is_imported_again_and_again_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (images, masks) = (folder.path().join("images/deep"), folder.path().join("masks"));
    std::fs::create_dir_all(&images).unwrap();
    std::fs::create_dir_all(&masks).unwrap();
    for i in 0..4 {
        std::fs::write(images.join(format!("{i}.png")), pictures::png(40, 30, i)).unwrap();
        let mask = image::GrayImage::from_fn(40, 30, |x, y| image::Luma([u8::from((5..20).contains(&x) && (5..15).contains(&y))]));
        mask.save(masks.join(format!("{i}.png"))).unwrap();
    }
    std::fs::write(images.join("cut.png"), &pictures::png(40, 30, 9)[..50]).unwrap();
    std::fs::write(images.join("notes.txt"), "not a picture").unwrap();
    let early = run(&data, &["import", "images"]);
    assert!(text(&early.stderr).contains("there is no admin account yet"), "{}", text(&early.stderr));
    assert!(run(&data, &["user", "add", "admin", "--admin"]).status.success());

    let import = ["import", "images", "--project", "Cells", "--masks", "masks", "--classes", "cell"];
    let first = run(&data, &import);
    let said = text(&first.stdout);
    assert!(first.status.success(), "{said}{}", text(&first.stderr));
    assert!(said.contains("rejected   deep/cut.png: the picture can't be decoded"), "{said}");
    assert!(said.contains("rejected   deep/notes.txt: the file is not a PNG, JPEG, WebP, BMP or TIFF picture"), "{said}");
    assert!(said.contains("4 added, 0 known already, 2 rejected") && said.contains("4 labeled from masks, 0 masks refused"), "{said}");
    let again = text(&run(&data, &import).stdout);
    assert!(again.contains("0 added, 4 known already, 2 rejected") && again.contains("0 labeled from masks"), "{again}");

    let export = |name: &str| run(&data, &["export", name, "--project", "Cells"]);
    let out = export("out");
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("4 images written"), "{}", text(&out.stdout));
    export("out2");
    for file in ["seg_image.rec", "seg_image.idx", "seg_image.lst", "seg_mask.rec", "seg_mask.idx", "seg_mask.lst", "classes.json"] {
        let read = |name: &str| std::fs::read(folder.path().join(name).join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(read("out"), read("out2"), "{file} is not the same a second time");
    }
    // Read back with our own reader: the pictures are the files that were imported, and the masks have the class.
    let rec = std::fs::File::open(folder.path().join("out/seg_mask.rec")).unwrap();
    let records: Vec<Vec<u8>> = labelwright_dataset::formats::recordio::RecordReader::new(rec).map(Result::unwrap).collect();
    assert_eq!(records.len(), 4);
    let (header, png) = labelwright_dataset::formats::recordio::ImageHeader::unpack(&records[0]).unwrap();
    assert_eq!(header.id, 0);
    let mask = image::load_from_memory(png).unwrap().to_luma8();
    assert_eq!((mask.get_pixel(10, 10)[0], mask.get_pixel(30, 20)[0]), (1, 0));

    let missing = run(&data, &["export", "x", "--project", "Nothing"]);
    assert!(text(&missing.stderr).contains("there is no project 'Nothing'; nothing was written"));
}

/// The masks of an export as records, by the names of their images.
fn masks_by_name(folder: &std::path::Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let list = std::fs::read_to_string(folder.join("seg_mask.lst")).unwrap();
    let rec = std::fs::File::open(folder.join("seg_mask.rec")).unwrap();
    let records = labelwright_dataset::formats::recordio::RecordReader::new(rec).map(Result::unwrap);
    // The first bytes are the header, whose id depends on the order of images.
    list.lines().map(|line| line.rsplit('\t').next().unwrap().to_owned()).zip(records.map(|record| record[24..].to_vec())).collect()
}

/// A project goes out in every format that can be read again, comes back as another project, and has the same masks; and the formats are
/// turned into one another without a project.
#[test]
fn a_dataset_passes_through_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for name in ["images", "masks"] {
        std::fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    for i in 0..5u32 {
        std::fs::write(folder.path().join(format!("images/pic {i}.png")), pictures::png(40, 30, u64::from(i))).unwrap();
        let inside = |x: u32, y: u32| (5..20 + i).contains(&x) && (5..15).contains(&y) && !(x + y).is_multiple_of(11);
        let mask = image::GrayImage::from_fn(40, 30, |x, y| image::Luma([if inside(x, y) { 1 } else { 2 * u8::from(y > 22) }]));
        mask.save(folder.path().join(format!("masks/pic {i}.png"))).unwrap();
    }
    let well = |args: &[&str]| {
        let out = run(&data, args);
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout)
    };
    well(&["user", "add", "admin", "--admin"]);
    well(&["import", "images", "--masks", "masks", "--project", "Cells", "--classes", "cell,tissue"]);
    well(&["export", "first", "--project", "Cells"]);
    let expected = masks_by_name(&folder.path().join("first"));
    assert_eq!(expected.len(), 5);

    let formats = labelwright_dataset::formats::registry::FORMATS;
    let exact = |id: &str| matches!(id, "png-masks" | "coco" | "coco-panoptic" | "camvid" | "voc");
    let mut passed = Vec::new();
    for format in formats.iter().filter(|format| format.writer.is_some() && format.reader.is_some()) {
        let (id, out, project, back) =
            (format.id, format!("out-{}", format.id), format!("Again {}", format.id), format!("back-{}", format.id));
        let said = well(&["export", &out, "--project", "Cells", "--format", id]);
        assert!(said.contains("5 images written"), "{id}: {said}");
        let said = well(&["import", &out, "--format", id, "--project", &project]);
        assert!(said.contains("5 added") || said.contains("5 labeled"), "{id}: {said}");
        // Read anew, nothing is new.
        assert!(well(&["import", &out, "--format", id, "--project", &project]).contains("0 added, 5 known already"), "{id}");
        if exact(id) {
            well(&["export", &back, "--project", &project]);
            assert!(masks_by_name(&folder.path().join(&back)) == expected, "{id}: the masks are others");
            let (converted, records) = (format!("converted-{id}"), format!("records-{id}"));
            well(&["convert", &out, &converted, "--format", id, "--into", "png-masks"]);
            well(&["convert", &converted, &records, "--into", "recordio-seg"]);
            assert!(masks_by_name(&folder.path().join(&records)) == expected, "{id}: the masks are others after converting");
            passed.push(id);
        }
    }
    assert!(passed.len() >= 5, "{passed:?}");
    let unknown = run(&data, &["export", "x", "--project", "Cells", "--format", "floppy"]);
    assert!(text(&unknown.stderr).contains("'floppy' is not one of the formats recordio-seg"), "{}", text(&unknown.stderr));
    let wrong = run(&data, &["import", "images", "--format", "auto", "--project", "Cells"]);
    assert!(text(&wrong.stderr).contains("looks like none of the formats"), "{}", text(&wrong.stderr));
}

#[test]
fn people_are_added_listed_and_locked_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let added = text(&run(&data, &["user", "add", "mara", "--name", "M."]).stdout);
    assert!(added.contains("/welcome/"), "{added}");
    assert!(text(&run(&data, &["user", "list"]).stdout).contains("no password yet"));
    assert!(run(&data, &["user", "disable", "mara"]).status.success());
    assert!(text(&run(&data, &["user", "list"]).stdout).contains("disabled"));
    let nobody = run(&data, &["user", "link", "nobody"]);
    assert!(text(&nobody.stderr).contains("there is nobody with the login 'nobody'"));
}
