//! Pictures and masks side by side.

use std::fs;
use std::path::Path;

use labelwright_data::im2rec::{Im2recError, MaskPlace, PackOptions, PictureOptions, pack_pairs};
use labelwright_dataset::formats::png_masks::{MaskPng, png_gray8, read_mask_png};

use crate::support::{golden, in_words, records};

const LIST: &str = "0\t0\tcat/a.jpg\n1\t0\tcat/b.png\n2\t0\tdog/c.jpg\n3\t0\tdog/d.JPG\n";

/// The golden masks as a list, in a folder with the list of pictures.
fn lists() -> (tempfile::TempDir, MaskPlace) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seg.lst"), LIST).unwrap();
    let list = folder.path().join("masks.txt");
    fs::write(&list, "0\t0\t0.png\n1\t0\t1.png\n2\t0\t2.png\n3\t0\t3.png\n").unwrap();
    (folder, MaskPlace::List { folder: golden("masks"), list })
}

fn as_they_are() -> PackOptions {
    PackOptions { pictures: None, threads: 2, ..PackOptions::default() }
}

#[test]
fn files_as_they_are_give_the_same_bytes_as_mxnet() {
    let (folder, masks) = lists();
    let packed = pack_pairs(&folder.path().join("seg.lst"), &golden("src"), &masks, &as_they_are(), |_| {}).unwrap();
    assert_eq!((packed.written, packed.left_out), (4, 0));
    for name in ["seg_image.rec", "seg_image.idx", "seg_mask.rec", "seg_mask.idx"] {
        assert!(fs::read(folder.path().join(name)).unwrap() == fs::read(golden(name)).unwrap(), "{name}");
    }
}

fn mask(file: &[u8]) -> ([u32; 2], Vec<u8>) {
    let MaskPng::Classes(mask) = read_mask_png(file, 1 << 20).unwrap() else { panic!("8 bits") };
    ([mask.width, mask.height], mask.classes)
}

#[test]
fn masks_follow_crop_and_size() {
    let (folder, masks) = lists();
    let options =
        PackOptions { pictures: Some(PictureOptions { center_crop: true, resize: 20, ..PictureOptions::default() }), ..as_they_are() };
    let packed = pack_pairs(&folder.path().join("seg.lst"), &golden("src"), &masks, &options, |_| {}).unwrap();
    assert_eq!(packed.written, 4);
    let pictures = records(&folder.path().join("seg_image.rec"));
    let made = records(&folder.path().join("seg_mask.rec"));
    for ((picture_header, picture), (mask_header, file)) in pictures.iter().zip(&made) {
        assert_eq!(picture_header, mask_header);
        let picture = image::load_from_memory(picture).unwrap();
        assert_eq!(([picture.width(), picture.height()], mask(file).0), ([20, 20], [20, 20]));
    }
    // The first mask is one rectangle from (8, 6) to (40, 30) in 64×48: after the crop to the middle 48 it begins at 0 and ends at 32.
    let (_, classes) = mask(&made[0].1);
    let expected: Vec<u8> = (0..400)
        .map(|at| {
            let old = |new: u32| (2 * new + 1) * 48 / 40;
            let (x, y) = (old(at % 20), old(at / 20));
            u8::from(x < 32 && (6..30).contains(&y))
        })
        .collect();
    assert_eq!(classes, expected);
}

#[test]
fn a_mask_that_is_missing_or_does_not_fit_leaves_both_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("seg.lst"), LIST).unwrap();
    let masks = folder.path().join("masks");
    fs::create_dir_all(masks.join("cat")).unwrap();
    fs::create_dir_all(masks.join("dog")).unwrap();
    fs::copy(golden("masks/0.png"), masks.join("cat/a.png")).unwrap();
    fs::write(masks.join("cat/b.png"), png_gray8(2, 2, &[0, 1, 2, 3]).unwrap()).unwrap();
    fs::write(masks.join("dog/d.png"), b"no picture").unwrap();
    for options in [as_they_are(), PackOptions { pictures: Some(PictureOptions::default()), ..as_they_are() }] {
        let mut said = Vec::new();
        let place = MaskPlace::Folder(masks.clone());
        let list = folder.path().join("seg.lst");
        let packed = pack_pairs(&list, &golden("src"), &place, &options, |event| said.extend(in_words(&event))).unwrap();
        assert_eq!((packed.written, packed.left_out), (1, 3), "{said:?}");
        assert!(said[0].contains("its mask has 2×2 pixels, the picture 60×44"), "{said:?}");
        assert!(said[1].starts_with("2 dog/c.jpg: its mask can't be read"), "{said:?}");
        for name in ["seg_image.idx", "seg_mask.idx"] {
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "0\t0\n");
        }
    }
}

#[test]
fn lists_of_different_ids_are_refused() {
    let (folder, _) = lists();
    let pack = |masks: &str| {
        let list = folder.path().join("other.txt");
        fs::write(&list, masks).unwrap();
        let place = MaskPlace::List { folder: golden("masks"), list };
        pack_pairs(&folder.path().join("seg.lst"), &golden("src"), &place, &as_they_are(), |_| {}).unwrap_err()
    };
    assert!(matches!(pack("0\t0\t0.png\n2\t0\t2.png\n"), Im2recError::MaskOrder { expected: 1, found: 2 }));
    assert!(matches!(pack("0\t0\t0.png\n"), Im2recError::MaskListEnds { expected: 1 }));
    assert!(!Path::new(&folder.path().join("seg_mask.rec")).exists(), "nothing half-written has the name");
}
