//! Colours of a picture changed by a step.

use super::blur::gaussian_blur;
use super::draws::Draws;
use super::noise::gaussian_noise;
use super::step::{ColorJitter, RandomHsl, Step};
use super::tone::{self, Rgb};
use crate::pixels::Picture;

/// Principal components of ImageNet's colours, as MXNet and torchvision's examples have them.
const LIGHT_STRENGTH: [f64; 3] = [55.46, 4.794, 1.148];
const LIGHT_DIRECTION: [[f64; 3]; 3] = [[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]];

/// Changes the picture as the step and its draw say. Steps that are not about colour change nothing.
pub(super) fn change(picture: &mut Picture, step: &Step, draws: &mut Draws) {
    let width = picture.width() as usize;
    let pixels: &mut [Rgb] = picture.pixels_mut().as_chunks_mut().0;
    match step {
        Step::ColorJitter(step) => jitter(pixels, step, draws),
        Step::RandomBrightness(step) => tone::brightness(pixels, draws.between(step.amount.around_one())),
        Step::RandomContrast(step) => tone::contrast(pixels, draws.between(step.amount.around_one())),
        Step::RandomSaturation(step) => tone::saturation(pixels, draws.between(step.amount.around_one())),
        Step::RandomHue(step) => tone::hue(pixels, draws.between(step.amount.around_zero())),
        Step::RandomHsl(step) => hsl(pixels, step, draws),
        Step::RandomGamma(step) => {
            let ends = step.gamma.plain().map(libm::log);
            tone::gamma(pixels, libm::exp(draws.between(ends)));
        }
        Step::RandomGrayscale(step) => tone::saturation(pixels, if draws.chance(step.p) { 0.0 } else { 1.0 }),
        Step::RandomLighting(step) => {
            let amounts = LIGHT_STRENGTH.map(|strength| draws.normal() * step.alpha * strength);
            tone::light(pixels, LIGHT_DIRECTION.map(|row| row.iter().zip(amounts).map(|(direction, amount)| direction * amount).sum()));
        }
        Step::GaussianBlur(step) => {
            let sigma = draws.between(step.sigma.plain());
            if draws.chance(step.p) {
                gaussian_blur(picture.pixels_mut(), width, 3, sigma);
            }
        }
        Step::GaussianNoise(step) => {
            let sigma = draws.between(step.sigma.plain());
            if draws.chance(step.p) {
                gaussian_noise(picture.pixels_mut(), sigma, draws);
            }
        }
        _ => {}
    }
}

fn jitter(pixels: &mut [Rgb], step: &ColorJitter, draws: &mut Draws) {
    if !draws.chance(step.p) {
        return;
    }
    let factors = [step.brightness, step.contrast, step.saturation].map(|range| draws.between(range.around_one()));
    let turn = draws.between(step.hue.around_zero());
    let mut order = [0, 1, 2, 3];
    for last in (1..order.len()).rev() {
        order.swap(last, draws.whole(0, last as i64) as usize);
    }
    for which in order {
        match which {
            0 => tone::brightness(pixels, factors[0]),
            1 => tone::contrast(pixels, factors[1]),
            2 => tone::saturation(pixels, factors[2]),
            _ => tone::hue(pixels, turn),
        }
    }
}

fn hsl(pixels: &mut [Rgb], step: &RandomHsl, draws: &mut Draws) {
    let [hue, saturation, lightness] = [step.h, step.s, step.l].map(|most| draws.between([-most, most]) as f32);
    tone::hsl(pixels, hue, saturation, lightness);
}
