//! Folders of pictures, whole and damaged.

use std::sync::Arc;

use image::ImageFormat;
use labelwright_data::source::{DataSet, FolderSet, ItemProblem, Limits, SourceError};
use labelwright_dataset::exchange::{FolderInput, MemoryFiles};
use labelwright_dataset::formats::png_masks::{png_gray8, png_gray16};

use crate::support::{encoded, picture, png, schema};

fn files(list: &[(&str, Vec<u8>)]) -> Arc<MemoryFiles> {
    Arc::new(MemoryFiles(list.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect()))
}

#[test]
fn pictures_and_masks_of_the_same_name_belong_together() {
    let dir = tempfile::tempdir().unwrap();
    let classes: Vec<u8> = (0..12 * 8).map(|i| (i % 3) as u8).collect();
    for (name, bytes) in [
        ("images/a.png", png(&picture(12, 8))),
        ("images/deep/b.JPG", encoded(&picture(12, 8), ImageFormat::Jpeg)),
        ("images/notes.txt", b"no picture".to_vec()),
        ("masks/a.png", png_gray8(12, 8, &classes).unwrap()),
        ("masks/deep/b.png", png_gray8(12, 8, &classes).unwrap()),
        ("classes.json", labelwright_dataset::formats::classes::classes_json(&schema(&["cat", "dog"])).unwrap().into_bytes()),
    ] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let set = FolderSet::masks(Arc::new(FolderInput::new(dir.path()))).unwrap();
    assert_eq!((set.len(), set.name(1).unwrap().into_owned()), (2, "images/deep/b.JPG".to_owned()));
    assert_eq!(set.schema().class(2).map(|class| class.name.as_str()), Some("dog"));
    let sample = set.item(0).unwrap();
    assert_eq!((sample.picture, sample.target.mask.unwrap().classes), (picture(12, 8), classes));
    assert_eq!(set.item(1).unwrap().size(), [12, 8]);
    let missing = set.item(2).unwrap_err();
    assert!(matches!(missing.problem, ItemProblem::Missing { len: 2 }), "{missing}");
}

#[test]
fn one_bad_file_is_told_and_the_others_are_read() {
    let good = png(&picture(12, 8));
    let mut bomb = good.clone();
    bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let mask = png_gray8(12, 8, &[1; 96]).unwrap();
    let set = FolderSet::masks(files(&[
        ("images/bomb.png", bomb),
        ("images/cut.png", good[..good.len() / 2].to_vec()),
        ("images/good.png", good.clone()),
        ("images/large.png", png(&picture(200, 200))),
        ("images/odd.png", png(&picture(9, 9))),
        ("masks/bomb.png", mask.clone()),
        ("masks/cut.png", mask.clone()),
        ("masks/good.png", mask.clone()),
        ("masks/large.png", mask.clone()),
        ("masks/odd.png", mask),
    ]))
    .unwrap()
    .with_limits(Limits { bytes: 1 << 20, pixels: 10_000 });
    let problem = |index: usize| set.item(index).unwrap_err().problem;
    assert!(matches!(problem(0), ItemProblem::Picture(_)));
    assert!(matches!(problem(1), ItemProblem::Picture(_)));
    assert!(set.item(2).is_ok());
    assert!(matches!(problem(3), ItemProblem::Picture(_)));
    let odd = set.item(4).unwrap_err();
    assert!(matches!(odd.problem, ItemProblem::SizesDiffer { .. }) && odd.to_string().contains("9×9"), "{odd}");
    let small = set.with_limits(Limits { bytes: 20, pixels: 10_000 });
    assert!(matches!(small.item(2).unwrap_err().problem, ItemProblem::TooManyBytes { limit: 20, .. }));
}

#[test]
fn a_picture_without_a_mask_is_not_taken_for_background() {
    let list =
        [("images/a.png", png(&picture(4, 4))), ("images/b.png", png(&picture(4, 4))), ("masks/a.png", png_gray8(4, 4, &[0; 16]).unwrap())];
    let error = FolderSet::masks(files(&list)).err().unwrap();
    assert!(matches!(&error, SourceError::NoMask(name, 1) if name == "images/b.png"), "{error}");
    let bare = FolderSet::masks(files(&list[..2])).unwrap();
    assert_eq!(bare.item(0).unwrap().target.mask, None);
    assert!(matches!(FolderSet::masks(files(&[])).err(), Some(SourceError::Empty(_))));
}

#[test]
fn numbers_of_things_become_masks_where_asked() {
    let numbers: Vec<u16> = (0..16).map(|i| if i < 8 { 0 } else { 300 + i }).collect();
    let list = [("images/a.png", png(&picture(4, 4))), ("masks/a.png", png_gray16(4, 4, &numbers).unwrap())];
    let set = FolderSet::masks(files(&list)).unwrap();
    assert!(matches!(set.item(0).unwrap_err().problem, ItemProblem::MaskOfThings));
    let target = set.things_are(1).item(0).unwrap().target;
    assert_eq!(target.instances.unwrap().numbers, numbers);
    assert_eq!(target.mask.unwrap().classes, [[0; 8], [1; 8]].concat());
}

#[test]
fn folders_can_be_classes() {
    let one = || png(&picture(5, 5));
    let set = FolderSet::classes(files(&[("dog/a.png", one()), ("cat/b.png", one()), ("cat/c.png", one()), ("read.me", vec![])])).unwrap();
    let labels: Vec<_> = (0..3).map(|i| (set.name(i).unwrap().into_owned(), set.item(i).unwrap().target.labels)).collect();
    assert_eq!(labels, [("cat/b.png".to_owned(), vec![0.0]), ("cat/c.png".to_owned(), vec![0.0]), ("dog/a.png".to_owned(), vec![1.0])]);
    assert_eq!(set.schema().class(2).map(|class| class.name.as_str()), Some("dog"));
}
