//! The commands that people type.

use labelwright_tests::pictures;

use crate::support::{program, run, text};

#[test]
fn help_teaches_and_settings_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let help = text(&run(&data, &["--help"]).stdout);
    for word in ["serve", "worker", "demo", "import", "export", "user", "config", "Examples:", "127.0.0.1:8080"] {
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
