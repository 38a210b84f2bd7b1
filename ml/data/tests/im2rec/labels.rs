//! Labels of every kind.

use std::fs;

use labelwright_data::im2rec::PackOptions;
use labelwright_dataset::formats::recordio::Labels;

use crate::support::{golden, pack, records};

#[test]
fn one_label_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("x.lst");
    fs::write(&list, "7\t1.5\tcat/a.jpg\n4294967296\t1\t2\t-3\tcat/b.png\n").unwrap();
    let labels = |pack_label| {
        let options = PackOptions { pictures: None, pack_label, ..PackOptions::default() };
        assert_eq!(pack(&list, &golden("src"), &options).0.written, 2);
        records(&folder.path().join("x.rec")).into_iter().map(|(header, _)| (header.id, header.labels)).collect::<Vec<_>>()
    };
    assert_eq!(labels(false), [(7, Labels::One(1.5)), (1 << 32, Labels::One(1.0))]);
    assert_eq!(labels(true), [(7, Labels::One(1.5)), (1 << 32, Labels::Many(vec![1.0, 2.0, -3.0]))]);
    assert_eq!(fs::read_to_string(folder.path().join("x.idx")).unwrap().lines().next().unwrap(), "7\t0");
}

#[test]
fn boxes_that_iterators_would_stop_at_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("x.lst");
    let lines = [
        "2 5 0 0.1 0.1 0.9 0.9",
        "2 5 0 0.1 0.1 0.9",
        "2 5",
        "2 5 -1 0 0 0 0",
        "2 5 0 10 10 90 90",
        "1 5 0 0.1 0.1 0.9 0.9",
        "2 5 0 nan 0.1 0.9 0.9",
        "4 6 640 480 1 0 0 1 1 0",
    ];
    let text: String = lines.iter().enumerate().map(|(id, labels)| format!("{id}\t{}\tcat/a.jpg\n", labels.replace(' ', "\t"))).collect();
    fs::write(&list, text).unwrap();
    let options = PackOptions { pictures: None, pack_label: true, check_boxes: true, threads: 2 };
    let (packed, said) = pack(&list, &golden("src"), &options);
    assert_eq!((packed.written, packed.left_out), (2, 6), "{said:?}");
    assert!(said.iter().all(|line| line.contains("its labels are no boxes")), "{said:?}");
    assert_eq!(fs::read_to_string(folder.path().join("x.idx")).unwrap().split('\t').next(), Some("0"));
}
