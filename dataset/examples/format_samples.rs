//! Writes one small dataset, drawn here, in every format: `cargo run -p labelwright-dataset --example format_samples -- FOLDER`. Each
//! format gets a folder below it, and `truth/` has each image's class map and thing numbers as gray PNGs, its shapes as JSON, and what
//! each format lost. `dataset/tools/check_formats.py` compares all of that with what other people's readers make of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use labelwright_dataset::exchange::{FolderOutput, Item, Losses};
use labelwright_dataset::formats::classes::classes_json;
use labelwright_dataset::formats::png_masks::{png_gray8, png_gray16};
use labelwright_dataset::formats::registry::{FORMATS, Format};
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Part, Point, Polygon, Schema, Shape, Subset, VOID, paint, paint_instances};
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Names of Cityscapes' classes, so that its own tools can be asked.
fn schema() -> Schema {
    let class = |index, name: &str, color: &str, kind| Class { index, name: name.into(), color: color.into(), kind };
    Schema {
        classes: vec![
            class(7, "road", "#804080", ClassKind::Stuff),
            class(8, "sidewalk", "#f423e8", ClassKind::Stuff),
            class(23, "sky", "#4682b4", ClassKind::Stuff),
            class(24, "person", "#dc143c", ClassKind::Thing),
            class(26, "car", "#00008e", ClassKind::Thing),
        ],
    }
}

fn ring(center: (f64, f64), radius: f64, corners: u32, turn: f64) -> Vec<Point> {
    let corner = |at: u32| {
        let angle = std::f64::consts::TAU * f64::from(at) / f64::from(corners) + turn;
        let radius = radius * if at.is_multiple_of(2) { 1.0 } else { 0.8 };
        Point { x: center.0 + radius * angle.cos(), y: center.1 + radius * angle.sin() }
    };
    (0..corners).map(corner).collect()
}

fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Vec<Point> {
    [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(Point::from).to_vec()
}

/// Areas of stuff, things with and without holes and in parts, a mask, void, and every other image a box alone.
fn item(number: u32) -> Item {
    let (width, height) = (160 + 8 * number, 120);
    let (w, h) = (f64::from(width), f64::from(height));
    let shift = f64::from(number) * 3.0;
    let thing = |class, instance, geometry| Shape {
        class,
        instance: Some(instance),
        confidence: None,
        attributes: labelwright_dataset::Attributes::new(),
        geometry,
    };
    let polygon = |parts: Vec<Part>| Geometry::Polygon(Polygon { parts });
    let part = |outer, holes| Part { outer, holes };
    let dots: Vec<bool> = (0..width * height).map(|at| (at % width).abs_diff(30) + (at / width).abs_diff(90) < 14).collect();
    let mut shapes = vec![
        Shape::polygon(23, rectangle(0.0, 0.0, w, 40.0)),
        Shape::polygon(7, rectangle(0.0, 70.0, w, h)),
        thing(26, 1, polygon(vec![part(ring((50.0 + shift, 60.0), 22.0, 12, 0.1), vec![ring((50.0 + shift, 60.0), 9.0, 6, 0.4)])])),
        thing(26, 2, polygon(vec![part(ring((110.0, 62.0), 12.0, 8, 0.2), vec![]), part(ring((140.0, 62.0), 10.0, 9, 0.3), vec![])])),
    ];
    if let Ok(mask) = Mask::from_bitmap(width, height, &dots) {
        shapes.push(thing(24, 3, Geometry::Mask(mask)));
    }
    shapes.push(Shape::polygon(VOID, rectangle(w - 12.0, 0.0, w, h)));
    if number % 2 == 1 {
        let corners = Geometry::Box { corners: [80.0, 10.5, 101.25, 30.0] };
        shapes.push(Shape {
            class: 24,
            instance: None,
            confidence: None,
            attributes: labelwright_dataset::Attributes::new(),
            geometry: corners,
        });
    }
    let subset = [Subset::Train, Subset::Train, Subset::Validation, Subset::Test][number as usize % 4];
    Item { name: format!("town/street_{number:02}.png"), width, height, subset: Some(subset), shapes, ..Item::default() }
}

fn picture(item: &Item) -> Result<Vec<u8>> {
    let shade = |at: u32| ((at % item.width) * 255 / item.width) as u8;
    Ok(png_gray8(item.width, item.height, &(0..item.width * item.height).map(shade).collect::<Vec<u8>>())?)
}

fn export(format: &Format, folder: &Path, items: &[Item]) -> Result<Losses> {
    fs::create_dir_all(folder)?;
    let make = format.writer.ok_or("the format can't be written")?;
    let (mut out, mut writer) = (FolderOutput::new(folder), make(&schema(), &serde_json::Value::Null, None)?);
    for item in items {
        // Other people's readers of YOLO know no folders within a subset.
        let flat = format.id.starts_with("yolo").then(|| item.name.replace("town/", ""));
        let item = Item { name: flat.unwrap_or_else(|| item.name.clone()), ..item.clone() };
        writer.write(&item, &picture(&item)?, &mut out)?;
    }
    let losses = writer.finish(&mut out)?;
    out.flush(false)?;
    Ok(losses)
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write to")?;
    let folder = Path::new(&folder);
    let items: Vec<Item> = (0..8).map(item).collect();
    let truth = folder.join("truth");
    fs::create_dir_all(&truth)?;
    let mut lost: BTreeMap<&str, Losses> = BTreeMap::new();
    for format in FORMATS.iter().filter(|format| format.writer.is_some()) {
        lost.insert(format.id, export(format, &folder.join(format.id), &items)?);
    }
    for (number, item) in items.iter().enumerate() {
        let (width, height) = (item.width, item.height);
        let things: Vec<Shape> =
            item.shapes.iter().map(|shape| Shape { class: if shape.instance.is_some() { 1 } else { VOID }, ..shape.clone() }).collect();
        fs::write(truth.join(format!("{number}_classes.png")), png_gray8(width, height, &paint(&item.shapes, width, height).classes)?)?;
        fs::write(
            truth.join(format!("{number}_things.png")),
            png_gray16(width, height, &paint_instances(&things, width, height)?.numbers)?,
        )?;
    }
    fs::write(truth.join("items.json"), serde_json::to_vec_pretty(&items)?)?;
    fs::write(truth.join("classes.json"), classes_json(&schema())?)?;
    fs::write(truth.join("losses.json"), serde_json::to_vec_pretty(&json!(lost))?)?;
    println!("{} formats, {} images", lost.len(), items.len());
    Ok(())
}
