//! Colours of classes, and lists of classes that are to be trusted.

use crate::schema::{BACKGROUND, Class, ClassKind, Schema, VOID};

/// Our own first colours; later ones are spread over the circle of hues.
const COLORS: [&str; 10] = ["#4cc38a", "#e0a843", "#f07178", "#4ea8de", "#c77dff", "#f4978e", "#80ed99", "#ffd166", "#06d6a0", "#ef476f"];

/// `#rrggbb` as numbers.
pub(crate) fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = value.to_be_bytes();
    Some([red, green, blue])
}

/// A colour for the class with that index, different for each.
fn color(index: u8) -> String {
    if let Some(known) = usize::from(index).checked_sub(1).and_then(|at| COLORS.get(at)) {
        return (*known).to_owned();
    }
    // Six hues times steps between them; the shade says which round it is, so that no two indices are alike.
    let at = u32::from(index) - COLORS.len().min(usize::from(index)) as u32;
    let (sixth, step, shade) = (at % 6, at / 6 % 8, at / 48);
    let (high, low) = (220 - 20 * shade, 20 + 5 * shade);
    let between = low + (high - low) * (step + 1) / 9;
    let [r, g, b] = match sixth {
        0 => [high, between, low],
        1 => [low, high, between],
        2 => [between, low, high],
        3 => [between, high, low],
        4 => [low, between, high],
        _ => [high, low, between],
    };
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A class of a format that says no more than a name, and perhaps a colour.
pub(crate) fn class_named(index: u8, name: &str, colour: Option<[u8; 3]>, kind: ClassKind) -> Class {
    let colour = colour.map_or_else(|| color(index), |[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"));
    Class { index, name: name.to_owned(), color: colour, kind }
}

/// The classes as a schema in the order of their indices, if these are 1 to 254 and different, and no two have the same name.
pub(crate) fn usable(mut classes: Vec<Class>) -> Result<Schema, String> {
    classes.sort_by_key(|class| class.index);
    if let Some(class) = classes.iter().find(|class| matches!(class.index, BACKGROUND | VOID)) {
        return Err(format!("class '{}' has the index {}, which is not one of 1 to 254", class.name, class.index));
    }
    if let Some(pair) = classes.windows(2).find(|pair| pair[0].index == pair[1].index) {
        return Err(format!("the classes '{}' and '{}' have the same index {}", pair[0].name, pair[1].name, pair[0].index));
    }
    let mut names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two classes are called '{}'", pair[0])),
        None => Ok(Schema { classes }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_classes_look_alike() {
        let colours: HashSet<String> = (1..=254).map(color).collect();
        assert_eq!(colours.len(), 254);
        assert!(colours.iter().all(|colour| rgb(colour).is_some_and(|rgb| rgb != [0; 3] && rgb != [224; 3])));
    }

    #[test]
    fn contradictions_are_found() {
        let class = |index, name: &str| class_named(index, name, None, ClassKind::Thing);
        assert_eq!(usable(vec![class(2, "b"), class(1, "a")]).map(|schema| schema.classes[0].index), Ok(1));
        for bad in [vec![class(0, "a")], vec![class(255, "a")], vec![class(1, "a"), class(1, "b")], vec![class(1, "a"), class(2, "a")]] {
            assert!(usable(bad).is_err());
        }
    }
}
