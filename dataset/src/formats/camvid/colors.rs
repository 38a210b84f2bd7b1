//! `label_colors.txt`: red, green, blue and the name of each class.

use std::fmt::Write as _;

use crate::exchange::{ExchangeError, Input};
use crate::formats::classes::read_classes;
use crate::formats::support::{Values, class_named, read_text, rgb, usable};
use crate::schema::{BACKGROUND, ClassKind, Schema, VOID};

pub(super) const FILE: &str = "label_colors.txt";

/// The classes of the copy of the SegNet tutorial, which has no file of colours, in the order of the values in its masks; after them comes
/// what is not labeled.
const SEGNET: [&str; 11] = ["Sky", "Building", "Pole", "Road", "Pavement", "Tree", "SignSymbol", "Fence", "Car", "Pedestrian", "Bicyclist"];

/// The text: background, the classes, void.
pub(super) fn text(schema: &Schema) -> String {
    let mut text = String::new();
    let own = |name: &str| schema.classes.iter().any(|class| class.name.eq_ignore_ascii_case(name));
    if !own("background") {
        text.push_str("0 0 0 background\n");
    }
    for class in &schema.classes {
        let [r, g, b] = rgb(&class.color).unwrap_or_default();
        let _ = writeln!(text, "{r} {g} {b} {}", class.name);
    }
    if !own("void") {
        text.push_str("224 224 224 void\n");
    }
    text
}

/// The classes, and what the values and colours of masks stand for.
pub(super) fn read(input: &dyn Input) -> Result<(Schema, Values), ExchangeError> {
    if let Some(schema) = read_classes(input)? {
        let values = Values::indices(&schema);
        return Ok((schema, values));
    }
    let (mut classes, mut values) = (Vec::new(), Values::none());
    let mut add = |value: u8, name: &str, color: Option<[u8; 3]>| {
        let class = match name.to_lowercase().as_str() {
            "background" => BACKGROUND,
            "void" | "unlabelled" | "unlabeled" => VOID,
            _ => {
                let index = classes.len() as u8 + 1;
                classes.push(class_named(index, name, color, ClassKind::Stuff));
                index
            }
        };
        values.add(value, color, class);
    };
    match read_text(input, FILE)? {
        Some(text) => {
            let lines = (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
            for (value, (number, line)) in lines.enumerate() {
                let wrong = |reason: &str| ExchangeError::file(FILE, Some(number), reason);
                let value =
                    u8::try_from(value).ok().filter(|&value| value < 254).ok_or_else(|| wrong("there are more than 254 classes"))?;
                let (color, name) = parse(line).ok_or_else(|| wrong("a line has red, green, blue and a name"))?;
                add(value, &name, Some(color));
            }
        }
        None => (0..).zip(SEGNET.into_iter().chain(["unlabelled"])).for_each(|(value, name)| add(value, name, None)),
    }
    let schema = usable(classes).map_err(|reason| ExchangeError::file(FILE, None, reason))?;
    Ok((schema, values))
}

fn parse(line: &str) -> Option<([u8; 3], String)> {
    let mut words = line.split_whitespace();
    let mut color = || words.next()?.parse().ok();
    let color = [color()?, color()?, color()?];
    let name = words.collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some((color, name))
}
