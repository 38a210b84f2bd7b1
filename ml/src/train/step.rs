//! One perceptron in training: forward, loss, backward, optimiser, moving average.

use burn::{
    module::{Module, Param},
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{
        Device, Tensor, TensorData,
        activation::{log_softmax, relu},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    TrainConfig, TrainError,
    batch::{Batch, Normalisation},
};
use crate::{head::Weights, models::pyramid_head};

#[derive(Module, Debug)]
struct Perceptron {
    first: Param<Tensor<2>>,
    first_bias: Param<Tensor<2>>,
    second: Param<Tensor<2>>,
    second_bias: Param<Tensor<2>>,
    last: Param<Tensor<2>>,
    last_bias: Param<Tensor<2>>,
}

impl Perceptron {
    /// He initialisation from the seed, not from the device's own generator, so that heads trained side by side stay repeatable.
    fn new(inputs: usize, width: usize, classes: usize, random: &mut StdRng, device: &Device) -> Self {
        let mut weight = |inputs: usize, outputs: usize, gain: f32| {
            let bound = gain * (6.0 / inputs as f32).sqrt();
            let values: Vec<f32> = (0..inputs * outputs).map(|_| random.random_range(-bound..bound)).collect();
            Param::from_tensor(Tensor::from_data(TensorData::new(values, [inputs, outputs]), device).require_grad())
        };
        let bias = |outputs: usize| Param::from_tensor(Tensor::zeros([1, outputs], device).require_grad());
        Self {
            first: weight(inputs, width, 0.7),
            first_bias: bias(width),
            second: weight(width, width, 1.0),
            second_bias: bias(width),
            last: weight(width, classes, 0.5),
            last_bias: bias(classes),
        }
    }

    fn forward(&self, rows: Tensor<2>, mask: Tensor<2>) -> Tensor<2> {
        let hidden = relu(rows.matmul(self.first.val() * mask) + self.first_bias.val());
        let hidden = relu(hidden.matmul(self.second.val()) + self.second_bias.val());
        hidden.matmul(self.last.val()) + self.last_bias.val()
    }

    fn values(&self) -> Result<Vec<Vec<f32>>, TrainError> {
        [&self.first, &self.first_bias, &self.second, &self.second_bias, &self.last, &self.last_bias]
            .into_iter()
            .map(|param| param.val().without_autodiff().try_into_vec_as::<f32>().map_err(|error| TrainError::Device(error.to_string())))
            .collect()
    }
}

pub(crate) struct Trainer<'a> {
    config: &'a TrainConfig,
    network: Perceptron,
    optimizer: ModuleOptimizer,
    average: Vec<Vec<f32>>,
    random: StdRng,
    classes: usize,
    device: Device,
}

impl<'a> Trainer<'a> {
    pub(crate) fn new(config: &'a TrainConfig, classes: usize, seed: u64, device: &Device) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let network = Perceptron::new(pyramid_head::inputs(), config.width, classes, &mut random, &device.clone().autodiff());
        let optimizer = AdamWConfig::new().with_weight_decay(config.weight_decay).init();
        Self { config, network, optimizer, average: Vec::new(), random, classes, device: device.clone() }
    }

    /// One step; returns its loss.
    pub(crate) fn step(&mut self, batch: &Batch, step: usize) -> Result<f32, TrainError> {
        let (count, inputs) = (batch.classes.len(), pyramid_head::inputs());
        let tensor = |values: Vec<f32>, shape: [usize; 2]| Tensor::<2>::from_data(TensorData::new(values, shape), &self.device).autodiff();
        let keep = 1.0 - self.config.dropout;
        let mask = (0..inputs).map(|_| if self.random.random::<f32>() < keep { 1.0 / keep } else { 0.0 }).collect();
        let mut truth = vec![0.0f32; count * self.classes];
        batch.classes.iter().enumerate().for_each(|(row, class)| truth[row * self.classes + class] = 1.0);
        let truth = tensor(truth, [count, self.classes]);
        let rows = tensor(batch.rows.clone(), [count, inputs]);

        let log_probabilities = log_softmax(self.network.forward(rows, tensor(mask, [inputs, 1])), 1);
        let loss = self.loss(log_probabilities, truth);
        let value: f32 = loss.clone().without_autodiff().try_into_scalar().map_err(|error| TrainError::Device(error.to_string()))?;
        if !value.is_finite() {
            return Err(TrainError::Diverged(step));
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let rate = self.config.learning_rate * (1.0 - step as f64 / self.config.iterations as f64).powf(0.9);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        self.update_average(step)?;
        Ok(value)
    }

    /// Cross-entropy plus `dice ×` (1 − soft Dice over the classes of the batch).
    fn loss(&self, log_probabilities: Tensor<2>, truth: Tensor<2>) -> Tensor<1> {
        let count = truth.dims()[0] as f32;
        let cross_entropy = (log_probabilities.clone() * truth.clone()).sum().neg() / count;
        let probabilities = log_probabilities.exp();
        let overlap = (probabilities.clone() * truth.clone()).sum_dim(0);
        let total = probabilities.sum_dim(0) + truth.sum_dim(0);
        let dice = ((overlap * 2.0 + 1.0) / (total + 1.0)).mean();
        cross_entropy + dice.neg() * self.config.dice + self.config.dice
    }

    /// The average starts fast, so that the random first weights are soon forgotten.
    fn update_average(&mut self, step: usize) -> Result<(), TrainError> {
        let values = self.network.values()?;
        if self.average.is_empty() {
            self.average = values;
            return Ok(());
        }
        let decay = self.config.average.min((1.0 + step as f32) / (10.0 + step as f32));
        for (average, values) in self.average.iter_mut().flatten().zip(values.iter().flatten()) {
            *average = decay * *average + (1.0 - decay) * values;
        }
        Ok(())
    }

    /// The averaged weights with the normalisation of the inputs folded in, so that they apply to raw features.
    pub(crate) fn weights(&self, normalisation: &Normalisation) -> Result<Weights, TrainError> {
        let mut average = self.average.iter().cloned();
        let mut next = || average.next().unwrap_or_default();
        let (mut first, mut first_bias) = (next(), next());
        for (input, row) in first.chunks_exact_mut(self.config.width).enumerate() {
            for (weight, bias) in row.iter_mut().zip(&mut first_bias) {
                *weight *= normalisation.scale[input];
                *bias -= *weight * normalisation.mean[input];
            }
        }
        let weights = Weights { layers: [(first, first_bias), (next(), next()), (next(), next())] };
        if weights.layers.iter().flat_map(|(weight, bias)| weight.iter().chain(bias)).all(|value| value.is_finite()) {
            Ok(weights)
        } else {
            Err(TrainError::Diverged(self.config.iterations))
        }
    }
}
