//! Boxes in the numbers before a picture: `[A, B, …, (class, left, top, right, bottom, …) …]`.

use labelwright_dataset::Schema;

use crate::sample::BoxLabel;
use crate::source::ItemProblem;

/// The boxes that the numbers say, with coordinates multiplied by `size`.
///
/// `A` is how many numbers stand before the first box, `B` how many each box has. Boxes without area, and the placeholder of class -1 that
/// pictures without boxes have, are left out.
pub(super) fn boxes(numbers: &[f32], size: [u32; 2], schema: &Schema) -> Result<Vec<BoxLabel>, ItemProblem> {
    let wrong =
        |reason: &str| ItemProblem::Label(format!("{reason}; a label of boxes is [A, B, …, (class, left, top, right, bottom, …) …]"));
    let width = |number: Option<&f32>, least: usize| {
        let number = *number?;
        let whole = number.fract() == 0.0 && number >= least as f32 && number <= 1e6;
        whole.then_some(number as usize)
    };
    let before = width(numbers.first(), 2).ok_or_else(|| wrong("the first number must be 2 or more"))?;
    let each = width(numbers.get(1), 5).ok_or_else(|| wrong("the second number must be 5 or more"))?;
    let rest = numbers.get(before..).ok_or_else(|| wrong("there are fewer numbers than the first one says"))?;
    if rest.len() % each != 0 {
        return Err(wrong("the numbers are no whole number of boxes"));
    }
    let mut indices: Vec<u32> = schema.classes.iter().map(|class| u32::from(class.index)).collect();
    indices.sort_unstable();
    let [width, height] = size.map(f64::from);
    let mut boxes = Vec::with_capacity(rest.len() / each);
    for numbers in rest.chunks_exact(each) {
        let (number, corners) = (numbers[0], [numbers[1], numbers[2], numbers[3], numbers[4]].map(f64::from));
        if number == -1.0 {
            continue;
        }
        if number.fract() != 0.0 || !(0.0..=1e6).contains(&number) || !corners.iter().all(|c| c.is_finite()) {
            return Err(wrong("a class is not a whole number, or a coordinate is not a number"));
        }
        let class = match indices.get(number as usize) {
            Some(&index) => index,
            None if indices.is_empty() => number as u32 + 1,
            None => return Err(ItemProblem::Label(format!("class number {number} is not known; the set has {} classes", indices.len()))),
        };
        let [left, top, right, bottom] = corners;
        if right > left && bottom > top {
            let corners = [left * width, top * height, right * width, bottom * height];
            boxes.push(BoxLabel { extra: numbers[5..].to_vec(), ..BoxLabel::new(class, corners) });
        }
    }
    Ok(boxes)
}
