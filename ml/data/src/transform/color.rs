//! Colours of a picture changed by a step.

use super::blur::gaussian_blur;
use super::draws::Draws;
use super::noise::gaussian_noise;
use super::step::Step;
use crate::pixels::Picture;

/// Changes the picture as the step and its draw say.
pub(super) fn change(picture: &mut Picture, step: &Step, draws: &mut Draws) {
    match step {
        Step::GaussianBlur(step) => {
            let sigma = draws.between(step.sigma.plain());
            if draws.chance(step.p) {
                let width = picture.width() as usize;
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
