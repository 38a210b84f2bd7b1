//! Commands that need no server: record files, and training from folders.

use std::fs;

use labelwright_tests::pictures;

use crate::support::{run, text};

#[test]
fn pictures_become_record_files_and_come_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let picture = |class: &str, name: &str| folder.path().join("photos").join(class).join(name);
    for (i, class) in ["cat", "cat", "dog"].into_iter().enumerate() {
        let path = picture(class, &format!("{i}.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, pictures::png(40, 30, i as u64)).unwrap();
    }
    fs::write(picture("dog", "cut.png"), &pictures::png(40, 30, 9)[..50]).unwrap();
    let done = |args: &[&str]| {
        let out = run(&data, args);
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout) + &text(&out.stderr)
    };
    done(&["im2rec", "--list", "--recursive", "--no-shuffle", "birds", "photos"]);
    let list = fs::read_to_string(folder.path().join("birds.lst")).unwrap();
    assert_eq!(list, "0\t0.000000\tcat/0.png\n1\t0.000000\tcat/1.png\n2\t1.000000\tdog/2.png\n3\t1.000000\tdog/cut.png\n");
    let said = done(&["im2rec", "--pass-through", "birds", "photos"]);
    assert!(said.contains("records written"), "{said}");
    let said = done(&["im2rec", "--resize", "20", "birds", "photos"]);
    assert!(said.contains("3 records written") && said.contains("cut.png"), "{said}");
    assert!(done(&["rec", "info", "birds.rec"]).contains("3 records"));
    done(&["rec", "extract", "birds.rec", "--key", "2", "--out", "two.jpg"]);
    let out = image::open(folder.path().join("two.jpg")).unwrap();
    assert_eq!((out.width(), out.height()), (26, 20));
    for wrong in [&["rec", "extract", "birds.rec"][..], &["rec", "extract", "birds.rec", "--key", "7"], &["rec", "info", "two.jpg"]] {
        assert!(!run(&data, wrong).status.success(), "{wrong:?}");
    }

    // A file that was cut in its first record: the others are saved.
    let whole = fs::read(folder.path().join("birds.rec")).unwrap();
    fs::write(folder.path().join("cut.rec"), &whole[60..]).unwrap();
    let said = done(&["rec", "recover", "cut.rec", "saved.rec"]);
    assert!(said.contains("2 records saved"), "{said}");
    done(&["rec", "index", "saved.rec", "--replace"]);
    assert_eq!(fs::read_to_string(folder.path().join("saved.idx")).unwrap().lines().count(), 2);
}

#[test]
fn a_network_is_trained_from_a_folder_and_a_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for part in ["images", "masks"] {
        fs::create_dir_all(folder.path().join("cells").join(part)).unwrap();
    }
    for i in 0..6 {
        fs::write(folder.path().join(format!("cells/images/{i}.png")), pictures::png(64, 48, i)).unwrap();
        let mask = image::GrayImage::from_fn(64, 48, |x, y| {
            let (cx, cy) = ((i * 7 % 64) as f64, (i * 13 % 48) as f64);
            image::Luma([u8::from((f64::from(x) - cx).hypot(f64::from(y) - cy) < 12.0)])
        });
        mask.save(folder.path().join(format!("cells/masks/{i}.png"))).unwrap();
    }
    let recipe = |epochs: u32| {
        format!(
            "output = \"runs\"\nmodel = \"fcn_efficientnet_lite0\"\n[[stage]]\nname = \"cells\"\ndata = \"cells\"\nclasses = 2\nvalidation = 0.4\n\
             [stage.recipe]\nepochs = {epochs}\nbatch = 2\nsize = 64\nfrozen_norms = true\n"
        )
    };
    fs::write(folder.path().join("recipe.toml"), recipe(2)).unwrap();
    let out = run(&data, &["train", "--config", "recipe.toml"]);
    assert!(out.status.success(), "{}{}", text(&out.stdout), text(&out.stderr));
    let written = |name: &str| folder.path().join("runs/cells").join(name);
    assert!(written("best.safetensors").is_file() && written("last.ckpt").is_file());
    assert_eq!(fs::read_to_string(written("metrics.jsonl")).unwrap().lines().count(), 2);

    fs::write(folder.path().join("recipe.toml"), recipe(3)).unwrap();
    let changed = run(&data, &["train", "--config", "recipe.toml"]);
    assert!(!changed.status.success(), "a changed recipe is refused in the same folder");
    assert!(written("best.safetensors").is_file());
    let missing = run(&data, &["train", "--config", "none.toml"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("none.toml"), "{}", text(&missing.stderr));
}
