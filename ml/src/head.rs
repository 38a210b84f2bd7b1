//! A trained head: its weights and what is needed to use them.

mod codec;

use burn::tensor::{Device, Tensor, TensorData, activation::relu};

pub use codec::HeadError;

use crate::{
    features::Features,
    models::pyramid_head::{between, grid, layout, sources, unfold},
};

/// Weights of one perceptron; normalisation of the inputs is already folded in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    /// Rows are inputs, columns outputs: `[inputs, width]`, `[width, width]`, `[width, classes]`, each followed by its bias.
    pub(crate) layers: [(Vec<f32>, Vec<f32>); 3],
}

/// A trained head: an ensemble of perceptrons over the same features, whose probabilities are averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainedHead {
    pub(crate) classes: Vec<u8>,
    pub(crate) input_size: u32,
    pub(crate) members: Vec<Weights>,
}

impl TrainedHead {
    /// The class indices it tells apart, ascending; background (0) is among them if it was seen.
    #[must_use]
    pub fn classes(&self) -> &[u8] {
        &self.classes
    }

    /// The input size of the features it was trained on.
    #[must_use]
    pub fn input_size(&self) -> u32 {
        self.input_size
    }

    /// How many heads are averaged.
    #[must_use]
    pub fn heads(&self) -> usize {
        self.members.len()
    }
}

/// A head's weights on a device, ready for many images.
#[derive(Clone, Debug)]
pub(crate) struct DenseHead {
    members: Vec<[(Tensor<2>, Tensor<2>); 3]>,
    device: Device,
}

impl DenseHead {
    pub(crate) fn new(head: &TrainedHead, device: &Device) -> Self {
        let layer = |(weight, bias): &(Vec<f32>, Vec<f32>)| {
            let outputs = bias.len();
            (
                Tensor::from_data(TensorData::new(weight.clone(), [weight.len() / outputs, outputs]), device),
                Tensor::from_data(TensorData::new(bias.clone(), [1, outputs]), device),
            )
        };
        Self { members: head.members.iter().map(|member| member.layers.each_ref().map(layer)).collect(), device: device.clone() }
    }

    /// Class scores of every output cell for each member: `[height × width, classes]`.
    pub(crate) fn forward(&self, features: &Features) -> Vec<Tensor<2>> {
        let (grid_width, grid_height) = grid(features.fit);
        let unfolded: Vec<(Tensor<2>, std::ops::Range<usize>, usize, usize)> = sources(features)
            .iter()
            .zip(layout())
            .map(|(source, (range, taps))| {
                let (width, height) = source.size();
                let rows = TensorData::new(unfold(source, taps), [width * height, range.len()]);
                (Tensor::from_data(rows, &self.device), range, width, height)
            })
            .collect();
        let forward = |layers: &[(Tensor<2>, Tensor<2>); 3]| {
            let [(first, first_bias), (second, second_bias), (last, last_bias)] = layers;
            let channels = first.dims()[1];
            let mut sum: Option<Tensor<2>> = None;
            for (rows, range, width, height) in &unfolded {
                let lateral = rows.clone().matmul(first.clone().slice([range.clone(), 0..channels]));
                let lateral = self.upsampled(lateral, [*width, *height], [grid_width, grid_height]);
                sum = Some(match sum {
                    Some(sum) => sum + lateral,
                    None => lateral,
                });
            }
            let hidden =
                relu(sum.unwrap_or_else(|| Tensor::zeros([grid_width * grid_height, channels], &self.device)) + first_bias.clone());
            let hidden = relu(hidden.matmul(second.clone()) + second_bias.clone());
            hidden.matmul(last.clone()) + last_bias.clone()
        };
        self.members.iter().map(forward).collect()
    }

    /// Bilinear interpolation as two matrix products: rows first, then columns.
    fn upsampled(&self, x: Tensor<2>, [width, height]: [usize; 2], [grid_width, grid_height]: [usize; 2]) -> Tensor<2> {
        if (width, height) == (grid_width, grid_height) {
            return x;
        }
        let channels = x.dims()[1];
        let rows = self.interpolation(height, grid_height).matmul(x.reshape([height, width * channels]));
        let columns = self.interpolation(width, grid_width).unsqueeze::<3>();
        columns.matmul(rows.reshape([grid_height, width, channels])).reshape([grid_height * grid_width, channels])
    }

    fn interpolation(&self, input: usize, output: usize) -> Tensor<2> {
        let mut matrix = vec![0.0f32; input * output];
        for (place, row) in matrix.chunks_exact_mut(input).enumerate() {
            let (first, second, share) = between(place, output, input);
            row[first] += 1.0 - share;
            row[second] += share;
        }
        Tensor::from_data(TensorData::new(matrix, [output, input]), &self.device)
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;
    use crate::{
        features::{Fit, Level},
        models::pyramid_head::{gather, inputs},
    };

    fn noise(count: usize, seed: u64) -> Vec<f32> {
        let next = |i: usize| ((i as u64 + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32 / (1 << 23) as f32 - 1.0;
        (0..count).map(next).collect()
    }

    fn features() -> Features {
        let fit = Fit { image_width: 90, image_height: 70, canvas_width: 96, canvas_height: 64 };
        let levels = Features::shapes(fit).into_iter().map(|(width, height, channels)| {
            let values = noise(width * height * channels, channels as u64).into_iter().map(f16::from_f32).collect();
            Level { width, height, channels, values }
        });
        Features { fit, picture: (0..96 * 64 * 3).map(|i| (i * 37 % 256) as u8).collect(), levels: levels.collect() }
    }

    /// Training sees gathered rows, prediction whole grids: both must be the same function.
    #[test]
    fn the_dense_head_is_the_perceptron_on_gathered_rows() {
        let (width, classes) = (5, 3);
        let layer = |inputs: usize, outputs: usize, seed: u64| (noise(inputs * outputs, seed), noise(outputs, seed + 1));
        let layers = [layer(inputs(), width, 1), layer(width, width, 2), layer(width, classes, 3)];
        let head = TrainedHead { classes: vec![0, 1, 2], input_size: 96, members: vec![Weights { layers: layers.clone() }] };
        let features = features();
        let dense = DenseHead::new(&head, &Device::flex()).forward(&features).remove(0).try_into_vec_as::<f32>().unwrap();

        let (grid_width, grid_height) = grid(features.fit);
        let (sources, layout) = (sources(&features), layout());
        for (x, y) in [(0, 0), (47, 31), (47, 0), (13, 22), (1, 30), (24, 16)] {
            let mut row = vec![0.0; inputs()];
            gather(&sources, &layout, (x, y), &mut row);
            for (number, (weight, bias)) in layers.iter().enumerate() {
                let out = |column: usize| {
                    row.iter().zip(weight.chunks_exact(bias.len())).map(|(value, weights)| value * weights[column]).sum::<f32>()
                };
                row = bias
                    .iter()
                    .enumerate()
                    .map(|(column, bias)| out(column) + bias)
                    .map(|v| if number < 2 { v.max(0.0) } else { v })
                    .collect();
            }
            assert!(x < grid_width && y < grid_height);
            for (a, b) in row.iter().zip(&dense[(y * grid_width + x) * classes..]) {
                assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "({x}, {y}): {a} and {b}");
            }
        }
    }
}
