//! Bad lists and bad pictures.

use std::fs;
use std::path::Path;

use labelwright_data::im2rec::{Im2recError, PackOptions, PictureOptions, pack_list};

use crate::support::{golden, pack, records};

#[test]
fn bad_lines_and_pictures_are_told_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("folder.jpg")).unwrap();
    let good = fs::read(golden("src/cat/a.jpg")).unwrap();
    fs::write(root.join("good.jpg"), &good).unwrap();
    fs::write(root.join("cut.jpg"), &good[..good.len() / 2]).unwrap();
    fs::write(root.join("empty.jpg"), b"").unwrap();
    fs::write(root.join("text.jpg"), b"not a picture at all").unwrap();
    let list = folder.path().join("x.lst");
    fs::write(
        &list,
        "0\t0\tcut.jpg\n1\t0\tgood.jpg\nno line\n-1\t0\tgood.jpg\n2\t0\tmissing.jpg\n\n3\tx\tgood.jpg\n4\t0\tempty.jpg\n5\t0\ttext.jpg\n6\t0\tfolder.jpg\n7\t0\tgood.jpg\n",
    )
    .unwrap();
    for threads in [1, 2, 5] {
        let (packed, said) = pack(&list, &root, &PackOptions { threads, ..PackOptions::default() });
        assert_eq!((packed.written, packed.left_out, packed.bad_lines), (2, 5, 3), "{said:?}");
        assert_eq!(said.len(), 8, "{said:?}");
        assert!(said[0].starts_with("0 cut.jpg: it can't be decoded") && said[1].contains("line 3"), "{said:?}");
        let ids: Vec<u64> = records(&folder.path().join("x.rec")).iter().map(|(header, _)| header.id).collect();
        assert_eq!(ids, [1, 7]);
    }
    // As they are, files need not be pictures, as im2rec.py has it.
    let (packed, _) = pack(&list, &root, &PackOptions { pictures: None, ..PackOptions::default() });
    assert_eq!((packed.written, packed.left_out), (5, 2));
}

#[test]
fn a_picture_of_too_many_pixels_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("x.lst");
    fs::write(&list, "0\t0\tcat/a.jpg\n1\t0\tdog/c.jpg\n").unwrap();
    let pictures = PictureOptions { max_pixels: 64 * 48 - 1, ..PictureOptions::default() };
    let (packed, said) = pack(&list, &golden("src"), &PackOptions { pictures: Some(pictures), ..PackOptions::default() });
    assert_eq!((packed.written, packed.left_out), (1, 1), "{said:?}");
}

#[test]
fn what_had_the_name_before_stays_when_the_list_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("x.lst");
    fs::write(&list, vec![b'1'; 3 << 20]).unwrap();
    fs::write(folder.path().join("x.rec"), b"old").unwrap();
    let failed = pack_list(&list, &golden("src"), &PackOptions::default(), |_| {});
    assert!(matches!(failed, Err(Im2recError::Text { .. })), "{failed:?}");
    assert_eq!(fs::read(folder.path().join("x.rec")).unwrap(), b"old");
    assert!(matches!(pack_list(Path::new("/none.lst"), Path::new("/"), &PackOptions::default(), |_| {}), Err(Im2recError::Io { .. })));
}
