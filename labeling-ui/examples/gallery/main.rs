//! Writes every page with made-up data into a folder, to be looked at in a browser without a server behind it:
//! `cargo run -p labelwright-ui --example gallery -- FOLDER`, then serve FOLDER with any server of static files.
//! The files of `static/` are linked into it.

#![expect(clippy::unwrap_used, reason = "a tool for developers, which may stop at the first thing that is wrong")]

mod samples;

use std::{fs, path::Path};

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: gallery FOLDER");
        return;
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("pictures")).unwrap();
    let statics = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static").canonicalize().unwrap();
    let link = folder.join("static");
    if !link.exists() {
        std::os::unix::fs::symlink(statics, link).unwrap();
    }
    for n in 0..6 {
        fs::write(folder.join(format!("pictures/{n}.svg")), cells(n, false)).unwrap();
        fs::write(folder.join(format!("pictures/{n}-mask.svg")), cells(n, true)).unwrap();
    }
    let pages = samples::pages(&|text| text.to_owned());
    let mut index = String::from("<!doctype html><title>Gallery</title><ul>");
    for (name, html) in &pages {
        fs::write(folder.join(format!("{name}.html")), html).unwrap();
        index.push_str(&format!(r#"<li><a href="{name}.html">{name}</a>"#));
    }
    fs::write(folder.join("index.html"), index).unwrap();
    println!("{} pages in {}", pages.len(), folder.display());
}

/// A picture of cells, or the colours of its label.
fn cells(seed: u32, mask: bool) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = |range: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % range
    };
    let mut svg = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 0 640 480">"#);
    if !mask {
        svg.push_str(r##"<rect width="640" height="480" fill="#131418"/>"##);
    }
    for i in 0..22 {
        let (x, y, rx, ry, turn) = (next(640), next(480), 18 + next(34), 14 + next(22), next(180));
        let gray = 96 + next(90);
        let fill = match (mask, i % 7) {
            (true, 3) => "#e0a843".to_owned(),
            (true, _) => "#4cc38a".to_owned(),
            (false, _) => format!("rgb({gray},{gray},{gray})"),
        };
        svg.push_str(&format!(r#"<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" transform="rotate({turn} {x} {y})" fill="{fill}"/>"#));
    }
    svg.push_str("</svg>");
    svg
}
