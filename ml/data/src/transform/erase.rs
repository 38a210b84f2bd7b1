//! Rectangles painted over.

use labelwright_dataset::VOID;

use super::draws::Draws;
use super::moves::random_rectangle;
use super::step::RandomErasing;
use crate::sample::Sample;

/// Paints a random rectangle over, unless the draw says otherwise.
pub(super) fn erase(sample: &mut Sample, step: &RandomErasing, draws: &mut Draws) {
    if !draws.chance(step.p) {
        return;
    }
    // The ratio is height ÷ width here, as in torchvision.
    let [low, high] = step.ratio.plain();
    let Some(rectangle) = random_rectangle(sample.size(), step.scale.plain(), [1.0 / high, 1.0 / low], draws) else { return };
    let width = sample.picture.width() as usize;
    let fill = step.fill.rgb();
    over(sample.picture.pixels_mut().as_chunks_mut().0, width, rectangle, fill);
    if !step.void {
        return;
    }
    let targets = std::iter::once(&mut sample.target).chain(sample.mixed.as_mut().map(|mixed| &mut *mixed.target));
    for target in targets {
        if let Some(mask) = &mut target.mask {
            over(&mut mask.classes, width, rectangle, VOID);
        }
        if let Some(instances) = &mut target.instances {
            over(&mut instances.numbers, width, rectangle, 0);
        }
    }
}

fn over<T: Copy>(values: &mut [T], stride: usize, [left, top, width, height]: [u32; 4], value: T) {
    for row in values.chunks_exact_mut(stride).skip(top as usize).take(height as usize) {
        row[left as usize..(left + width) as usize].fill(value);
    }
}
