//! Commands that need no server: record files, and training from folders.

use std::{fs, path::Path};

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
    cells(&folder.path().join("cells"), 6);
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

/// Pictures with a disc each, and masks that say where it is.
fn cells(folder: &Path, count: u64) {
    for part in ["images", "masks"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    for i in 0..count {
        fs::write(folder.join(format!("images/{i}.png")), pictures::png(64, 48, i)).unwrap();
        let mask = image::GrayImage::from_fn(64, 48, |x, y| {
            let (cx, cy) = ((i * 7 % 64) as f64, (i * 13 % 48) as f64);
            image::Luma([u8::from((f64::from(x) - cx).hypot(f64::from(y) - cy) < 12.0)])
        });
        mask.save(folder.join(format!("masks/{i}.png"))).unwrap();
    }
}

#[test]
fn settings_are_searched_on_a_folder_and_a_search_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    cells(&folder.path().join("cells"), 16);
    let search = |trials: u32, high: &str| {
        format!(
            "output = \"found\"\ndata = \"cells\"\ninput_size = 64\ntrials = {trials}\nstopping = {{ rule = \"median\" }}\n[settings]\niterations = 10\nwidth = 8\n\
             [[space]]\nname = \"learning_rate\"\ntype = \"real\"\nmin = 1e-4\nmax = {high}\nscale = \"log\"\n\
             [[space]]\nname = \"mirror\"\ntype = \"categorical\"\nchoices = [\"no\", \"yes\"]\n"
        )
    };
    let config = folder.path().join("search.toml");
    let results = folder.path().join("found/trials.jsonl");
    let searched = |text_of: String| {
        fs::write(&config, text_of).unwrap();
        run(&data, &["tune", "--config", "search.toml"])
    };
    let out = searched(search(3, "0.1"));
    assert!(out.status.success(), "{}{}", text(&out.stdout), text(&out.stderr));
    assert!(text(&out.stdout).contains("on images that no trial saw"), "{}", text(&out.stdout));
    let lines = fs::read_to_string(&results).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["settings"], serde_json::json!({ "learning_rate": 0.003, "mirror": "no" }), "what there was before comes first");
    assert_eq!((lines.lines().count(), first["course"].as_array().unwrap().len()), (3, 5));
    assert!(fs::read_to_string(folder.path().join("found/best.toml")).unwrap().contains("learning_rate"));

    // It was cut off while it wrote its third trial: that one is made again, and one more.
    fs::write(&results, &lines[..lines.len() - 20]).unwrap();
    let out = searched(search(4, "0.1"));
    assert!(out.status.success(), "{}{}", text(&out.stdout), text(&out.stderr));
    let more = fs::read_to_string(&results).unwrap();
    let settings = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["settings"].clone()).collect()
    };
    assert_eq!(settings(&more)[..3], settings(&lines)[..], "the same trials as without the break");
    assert_eq!(more.lines().count(), 4);

    let other = searched(search(4, "0.2"));
    assert!(!other.status.success() && text(&other.stderr).contains("another search"), "{}", text(&other.stderr));
    let wrong = searched(search(4, "0.1").replace("iterations", "itrations"));
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("itrations"), "{}", text(&wrong.stderr));
}

#[test]
fn settings_of_a_network_are_searched_by_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    cells(&folder.path().join("cells"), 12);
    let search = "output = \"found\"\ndata = \"cells\"\nmodel = \"fcn_efficientnet_lite0\"\nclasses = 2\ntrials = 2\nstrategy = { kind = \"random\" }\n\
                  [settings]\nepochs = 1\nbatch = 2\nsize = 64\n[settings.optimizer]\nrate = 1e-3\n\
                  [[space]]\nname = \"optimizer.rate\"\ntype = \"real\"\nmin = 1e-4\nmax = 1e-2\nscale = \"log\"\n";
    fs::write(folder.path().join("search.toml"), search).unwrap();
    let out = run(&data, &["tune", "--config", "search.toml"]);
    assert!(out.status.success(), "{}{}", text(&out.stdout), text(&out.stderr));
    let found = folder.path().join("found");
    let lines = fs::read_to_string(found.join("trials.jsonl")).unwrap();
    let trials: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(trials[0]["settings"], serde_json::json!({ "optimizer.rate": 0.001 }), "the recipe's own value comes first");
    assert!(trials.len() == 2 && trials.iter().all(|trial| trial["miou"].is_f64()), "{lines}");
    assert!(found.join("trial-1/best.safetensors").is_file());
    assert!(text(&out.stdout).contains("on images that no trial saw"), "{}", text(&out.stdout));

    fs::write(folder.path().join("search.toml"), search.replace("optimizer.rate", "optimizer.rat").replace("found", "other")).unwrap();
    let wrong = run(&data, &["tune", "--config", "search.toml"]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("rat"), "{}", text(&wrong.stderr));
}
