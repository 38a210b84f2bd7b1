//! `Annotations/*.xml`.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;

use crate::exchange::Item;

/// What a file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Annotation {
    pub filename: Option<String>,
    pub size: Option<(u32, u32)>,
    pub objects: Vec<Object>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Object {
    pub name: String,
    /// xmin, ymin, xmax, ymax as they stand there.
    pub corners: [Option<f64>; 4],
    /// Whether it has something that we have no place for: body parts, actions, a point, or marks as difficult or truncated.
    pub more: bool,
}

/// The text of a file; boxes as left, top, right, bottom in pixels, counted from 0.
pub(super) fn text(item: &Item, segmented: bool, objects: &[(&str, [f64; 4])]) -> String {
    let (folder, file) = item.name.rsplit_once('/').unwrap_or(("", &item.name));
    let folder = if folder.is_empty() { "JPEGImages".to_owned() } else { format!("JPEGImages/{folder}") };
    let mut text = format!(
        "<annotation>\n  <folder>{}</folder>\n  <filename>{}</filename>\n  <source>\n    <database>Labelwright</database>\n  </source>\n",
        escape(&*folder),
        escape(file)
    );
    let (width, height) = (item.width, item.height);
    let _ = writeln!(text, "  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n    <depth>3</depth>\n  </size>");
    let _ = writeln!(text, "  <segmented>{}</segmented>", u8::from(segmented));
    for (name, [x0, y0, x1, y1]) in objects {
        let _ = writeln!(
            text,
            "  <object>\n    <name>{}</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n    <difficult>0</difficult>\n    \
             <bndbox>\n      <xmin>{}</xmin>\n      <ymin>{}</ymin>\n      <xmax>{x1}</xmax>\n      <ymax>{y1}</ymax>\n    </bndbox>\n  </object>",
            escape(*name),
            x0 + 1.0,
            y0 + 1.0
        );
    }
    text + "</annotation>\n"
}

/// Tags within tags at most.
const DEEPEST: usize = 32;

/// Reads a file.
///
/// # Errors
/// It is not XML, or a number is none; with the line.
pub(super) fn parse(text: &str) -> Result<Annotation, (u64, String)> {
    let mut reader = Reader::from_str(text);
    let mut annotation = Annotation::default();
    let (mut path, mut content, mut size) = (Vec::<String>::new(), String::new(), [None; 2]);
    loop {
        let event = reader.read_event();
        let place = reader.buffer_position().min(text.len() as u64) as usize;
        let wrong = |reason: String| (1 + text.as_bytes()[..place].iter().filter(|&&byte| byte == b'\n').count() as u64, reason);
        match event.map_err(|error| wrong(error.to_string()))? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                if path.len() == 1 && name == "object" {
                    annotation.objects.push(Object::default());
                }
                path.push(name);
                if path.len() > DEEPEST {
                    return Err(wrong(format!("tags lie within more than {DEEPEST} others")));
                }
                content.clear();
            }
            Event::Text(part) => content.push_str(&part),
            Event::CData(part) => content.push_str(&part),
            Event::GeneralRef(entity) => {
                let resolved = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    Ok(None) => quick_xml::escape::resolve_xml_entity(&entity).map(str::to_owned),
                    Err(_) => None,
                };
                content.push_str(&resolved.ok_or_else(|| wrong(format!("the entity '{}' is not known", &*entity)))?);
            }
            Event::End(_) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                take(&mut annotation, &mut size, &names, content.trim_matches(['\n', '\r', '\t', ' '])).map_err(wrong)?;
                path.pop();
                content.clear();
            }
            Event::Eof if path.is_empty() => break,
            Event::Eof => return Err(wrong("the file ends too early".to_owned())),
            _ => {}
        }
    }
    if let [Some(width), Some(height)] = size {
        annotation.size = Some((width, height));
    }
    Ok(annotation)
}

fn take(annotation: &mut Annotation, size: &mut [Option<u32>; 2], path: &[&str], content: &str) -> Result<(), String> {
    let number = || content.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(|| format!("'{content}' is not a number"));
    match path {
        ["annotation", "filename"] => annotation.filename = Some(content.to_owned()),
        // Some tools write sizes as '500.0'.
        ["annotation", "size", "width"] => size[0] = Some(number()? as u32),
        ["annotation", "size", "height"] => size[1] = Some(number()? as u32),
        ["annotation", "object", rest @ ..] => {
            let Some(object) = annotation.objects.last_mut() else { return Ok(()) };
            match rest {
                ["name"] => content.clone_into(&mut object.name),
                ["bndbox", "xmin"] => object.corners[0] = Some(number()?),
                ["bndbox", "ymin"] => object.corners[1] = Some(number()?),
                ["bndbox", "xmax"] => object.corners[2] = Some(number()?),
                ["bndbox", "ymax"] => object.corners[3] = Some(number()?),
                ["difficult" | "truncated" | "occluded"] => object.more |= content == "1",
                ["part" | "actions" | "point" | "attributes" | "polygon"] => object.more = true,
                _ => {}
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let item = Item { name: "a & b/<c>.jpg".into(), width: 5, height: 6, ..Item::default() };
        let read = parse(&text(&item, true, &[("a \"<&>'", [0.0, 1.5, 3.0, 4.25])])).unwrap();
        assert_eq!((read.filename.as_deref(), read.size), (Some("<c>.jpg"), Some((5, 6))));
        assert_eq!((&*read.objects[0].name, read.objects[0].corners), ("a \"<&>'", [Some(1.0), Some(2.5), Some(3.0), Some(4.25)]));
    }

    #[test]
    fn broken_files_are_told_with_their_line() {
        assert_eq!(parse("<annotation>\n<size>\n<width>x</width>").unwrap_err().0, 3);
        for text in ["<annotation>", "<a></b>", "<a>&nothing;</a>", "<", &"<a>".repeat(100)] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse(""), Ok(Annotation::default()));
    }
}
