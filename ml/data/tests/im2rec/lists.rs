//! Lists are those of im2rec.py, to the byte.

use std::fs;

use labelwright_data::im2rec::{Im2recError, ListOptions, lists_of, write_lists};

use crate::support::golden;

/// Makes lists of the golden pictures and compares them with im2rec.py's.
fn assert_lists(base: &str, options: ListOptions, ends: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let listed = write_lists(&folder.path().join(base), &golden("src"), &options).unwrap();
    assert_eq!(listed.folders, ["cat", "dog"]);
    assert!(listed.left_out.is_empty());
    let mut written: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    written.sort();
    let mut expected: Vec<_> = ends.iter().map(|end| format!("{base}{end}.lst").into()).collect::<Vec<std::ffi::OsString>>();
    expected.sort();
    assert_eq!(written, expected);
    for (path, lines) in listed.files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(text, fs::read_to_string(golden(name)).unwrap(), "{name}");
        assert_eq!(text.lines().count() as u64, lines);
    }
}

#[test]
fn lists_are_those_of_im2rec() {
    let recursive = ListOptions { recursive: true, ..ListOptions::default() };
    assert_lists("lst_rec", ListOptions { shuffle: false, ..recursive.clone() }, &[""]);
    assert_lists("lst_shuf", recursive.clone(), &[""]);
    let split = ListOptions { train_ratio: 0.5, test_ratio: 0.25, ..recursive.clone() };
    assert_lists("lst_split", split, &["_test", "_train", "_val"]);
    assert_lists("lst_chunk", ListOptions { chunks: 2, shuffle: false, ..recursive }, &["_0", "_1"]);
}

#[test]
fn only_the_folder_itself_without_recursive() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["b.PNG", "a.jpg", "c.txt", ".jpg", "d.jpeg.bak", "ä.jpeg"] {
        fs::write(folder.path().join(name), b"").unwrap();
    }
    fs::create_dir(folder.path().join("e.jpg")).unwrap();
    fs::write(folder.path().join("e.jpg/f.jpg"), b"").unwrap();
    let out = tempfile::tempdir().unwrap();
    let make = |options| {
        let listed = write_lists(&out.path().join("x"), folder.path(), &options).unwrap();
        (listed.folders, fs::read_to_string(out.path().join("x.lst")).unwrap())
    };
    let options = ListOptions { shuffle: false, ..ListOptions::default() };
    let (_, list) = make(options.clone());
    assert_eq!(list, "0\t0.000000\ta.jpg\n1\t0.000000\tb.PNG\n2\t0.000000\tä.jpeg\n");
    // Pictures of a folder come before those of the folders in it, and have a label of their own.
    let (folders, list) = make(ListOptions { recursive: true, exts: vec![".JPG".into()], ..options });
    assert_eq!(folders, [".", "e.jpg"]);
    assert_eq!(list, "0\t0.000000\ta.jpg\n1\t1.000000\te.jpg/f.jpg\n");
}

#[cfg(unix)]
#[test]
fn strange_names_and_links_in_circles_are_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let sub = folder.path().join("sub");
    fs::create_dir(&sub).unwrap();
    fs::write(folder.path().join("tab\tname.jpg"), b"").unwrap();
    fs::write(folder.path().join(" blank.jpg"), b"").unwrap();
    fs::write(sub.join(std::ffi::OsStr::from_bytes(b"\xff.jpg")), b"").unwrap();
    fs::write(sub.join("good.jpg"), b"").unwrap();
    std::os::unix::fs::symlink(folder.path(), sub.join("circle")).unwrap();
    std::os::unix::fs::symlink("nowhere", sub.join("broken.jpg")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let options = ListOptions { recursive: true, ..ListOptions::default() };
    let listed = write_lists(&out.path().join("x"), folder.path(), &options).unwrap();
    assert_eq!(fs::read_to_string(out.path().join("x.lst")).unwrap(), "0\t0.000000\tsub/good.jpg\n");
    assert_eq!(listed.left_out.len(), 4, "{:?}", listed.left_out);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let write = |options| write_lists(std::path::Path::new("never"), &golden("src"), &options);
    for (chunks, train_ratio, test_ratio) in [(0, 1.0, 0.0), (1, 1.5, 0.0), (1, 0.5, f64::NAN), (1, 0.9, 0.2), (1, -0.1, 0.0)] {
        let refused = write(ListOptions { chunks, train_ratio, test_ratio, ..ListOptions::default() });
        assert!(matches!(refused, Err(Im2recError::Options(_))), "{chunks} {train_ratio} {test_ratio}");
    }
}

#[test]
fn a_prefix_means_every_list_that_begins_so() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a_1.lst", "a.lst", "b.lst", "a.rec"] {
        fs::write(folder.path().join(name), b"").unwrap();
    }
    let names = |prefix: &str| {
        let lists = lists_of(&folder.path().join(prefix))?;
        Ok::<_, Im2recError>(lists.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(names("a").unwrap(), ["a.lst", "a_1.lst"]);
    assert_eq!(names("").unwrap(), ["a.lst", "a_1.lst", "b.lst"]);
    assert!(matches!(names("c"), Err(Im2recError::NoList { .. })));
}
