//! The label of a picture with boxes: `[A, B, …, (class, left, top, right, bottom, …) …]`.

use super::parameters::EmitMode;
use super::window::Share;
use crate::record_iter::error::RecordProblem;

/// A label taken apart. Coordinates are shares of the picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    /// The first `A` numbers.
    head: Vec<f32>,
    /// `B` numbers a box.
    boxes: Vec<Vec<f32>>,
}

impl Label {
    /// Takes a label apart. Boxes without area are left out, as the placeholder of pictures without boxes is.
    pub fn parse(numbers: &[f32]) -> Result<Self, RecordProblem> {
        let width = |number: Option<&f32>, least: f32| {
            number.copied().filter(|v| v.fract() == 0.0 && (least..=1e6).contains(v)).map(|v| v as usize)
        };
        let before = width(numbers.first(), 2.0).ok_or(RecordProblem::Boxes("the first number must be 2 or more"))?;
        let each = width(numbers.get(1), 5.0).ok_or(RecordProblem::Boxes("the second number must be 5 or more"))?;
        let (head, rest) =
            numbers.split_at_checked(before).ok_or(RecordProblem::Boxes("there are fewer numbers than the first one says"))?;
        if rest.len() % each != 0 {
            return Err(RecordProblem::Boxes("the numbers are no whole number of boxes"));
        }
        let boxes = rest.chunks_exact(each).filter(|numbers| numbers[3] > numbers[1] && numbers[4] > numbers[2]);
        Ok(Self { head: head.to_vec(), boxes: boxes.map(<[f32]>::to_vec).collect() })
    }

    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.head.len() + self.boxes.iter().map(Vec::len).sum::<usize>()
    }

    pub fn numbers(&self) -> impl Iterator<Item = f32> + '_ {
        self.head.iter().chain(self.boxes.iter().flatten()).copied()
    }

    /// The boxes as parts of the picture.
    pub fn shares(&self) -> impl Iterator<Item = Share> + '_ {
        self.boxes.iter().map(|numbers| Share { left: numbers[1], top: numbers[2], right: numbers[3], bottom: numbers[4] })
    }

    /// The label of what a window shows, and of its mirror image. Boxes are cut off at its border; those that are mostly outside are left
    /// out.
    pub fn seen(&self, window: Share, mirror: bool, mode: EmitMode, least: f32) -> Self {
        let boxes = self.boxes.iter().zip(self.shares()).filter_map(|(numbers, share)| {
            let stays = match mode {
                EmitMode::Center => window.holds(share.center()),
                EmitMode::Overlap => share.covered_by(window) > least,
            };
            let mut seen = share.within(window)?;
            if mirror {
                (seen.left, seen.right) = (1.0 - seen.right, 1.0 - seen.left);
            }
            let mut numbers = numbers.clone();
            numbers[1..5].copy_from_slice(&[seen.left, seen.top, seen.right, seen.bottom]);
            stays.then_some(numbers)
        });
        Self { head: self.head.clone(), boxes: boxes.collect() }
    }

    /// Whether there are no boxes.
    pub fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }
}
