//! Records are those of im2rec.py: with `--pass-through` to the byte, otherwise with the same sizes and nearly the same pixels.

use std::fs;

use labelwright_data::im2rec::{ColorMode, Encoding, PackOptions, PictureOptions};

use crate::support::{golden, pack, records};

fn options(pictures: PictureOptions) -> PackOptions {
    PackOptions { pictures: Some(pictures), threads: 2, ..PackOptions::default() }
}

#[test]
fn passing_through_gives_the_same_bytes_whatever_the_threads() {
    for (base, pack_label) in [("cls_pass", false), ("multi", true), ("det25p", true), ("det46p", true)] {
        for threads in [1, 3] {
            let folder = tempfile::tempdir().unwrap();
            let list = folder.path().join(format!("{base}.lst"));
            fs::copy(golden(&format!("{base}.lst")), &list).unwrap();
            let check_boxes = base.starts_with("det");
            let options = PackOptions { pictures: None, pack_label, check_boxes, threads };
            let (packed, said) = pack(&list, &golden("src"), &options);
            assert_eq!((packed.written, packed.left_out, said.len()), (4, 0, 0), "{said:?}");
            for end in ["rec", "idx"] {
                let name = format!("{base}.{end}");
                assert!(fs::read(folder.path().join(&name)).unwrap() == fs::read(golden(&name)).unwrap(), "{name}, {threads} threads");
            }
            assert_eq!(packed.bytes, fs::metadata(folder.path().join(format!("{base}.rec"))).unwrap().len());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing unfinished is left");
        }
    }
}

/// Packs the four pictures and compares sizes, colours and pixels with im2rec.py's; the mean and the largest difference must be small.
fn assert_alike(base: &str, pictures: PictureOptions, mean: f64, largest: u8) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("x.lst");
    fs::copy(golden("cls_pass.lst"), &list).unwrap();
    let (packed, said) = pack(&list, &golden("src"), &options(pictures));
    assert_eq!((packed.written, said.len()), (4, 0), "{said:?}");
    let (ours, theirs) = (records(&folder.path().join("x.rec")), records(&golden(&format!("{base}.rec"))));
    assert_eq!(ours.len(), theirs.len());
    for (number, ((our, our_file), (their, their_file))) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(our, their);
        assert_eq!(our_file[..4], their_file[..4], "the kind of file");
        let (our, their) = (image::load_from_memory(our_file).unwrap(), image::load_from_memory(their_file).unwrap());
        assert_eq!((our.color(), our.width(), our.height()), (their.color(), their.width(), their.height()), "{base} {number}");
        let off: Vec<u8> = our.as_bytes().iter().zip(their.as_bytes()).map(|(a, b)| a.abs_diff(*b)).collect();
        let average = off.iter().map(|&off| f64::from(off)).sum::<f64>() / off.len() as f64;
        let most = off.iter().copied().max().unwrap();
        println!("{base} {number}: {average:.4} on average, {most} at most; {} and {} bytes", our_file.len(), their_file.len());
        assert!(average <= mean && most <= largest, "{base} {number}: {average:.4} on average, {most} at most");
    }
}

#[test]
fn pictures_made_anew_are_nearly_the_same() {
    // Decoders differ by up to two levels, and each JPEG rounds them to its steps, which are larger at the quality 80.
    let all = PictureOptions::default();
    assert_alike("cls_q95", all.clone(), 1.0, 10);
    assert_alike("cls_r32", PictureOptions { resize: 32, quality: 80, center_crop: true, ..all.clone() }, 2.5, 32);
    assert_alike("cls_png", PictureOptions { encoding: Encoding::Png, quality: 3, resize: 24, ..all.clone() }, 1.0, 10);
    assert_alike("cls_gray", PictureOptions { color: ColorMode::Gray, ..all }, 1.0, 10);
}
