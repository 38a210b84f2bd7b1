//! Who takes the steps: SGD or AdamW with PyTorch's rules, a rate of its own for the backbone, clipping by the norm of all gradients.

use burn::{
    lr_scheduler::{
        DynLrScheduler,
        module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler},
    },
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamGroup, ParamId},
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig, decay::WeightDecayConfig, momentum::MomentumConfig},
    tensor::Tensor,
};
use serde::{Deserialize, Serialize};

use super::FitError;
use crate::models::Network;

/// Which rule turns gradients into steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    Sgd,
    AdamW,
}

/// The optimizer and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizer {
    pub kind: Rule,
    /// The rate of the heads, before the schedule.
    pub rate: f64,
    /// The backbone's rate is this share of it; 0 leaves the backbone as it is and saves its backward pass.
    pub backbone: f64,
    pub weight_decay: f32,
    /// Of SGD.
    pub momentum: f64,
    pub nesterov: bool,
    /// Gradients are scaled down where the norm of all of them is longer, as `clip_grad_norm_` does; 0 never.
    pub clip: f32,
    /// Batches whose mean gradient makes one step.
    pub accumulate: usize,
    /// Decay of the moving average of the weights, which is what is validated and kept; 0 for none.
    pub average: f32,
}

impl Default for Optimizer {
    fn default() -> Self {
        Self {
            kind: Rule::AdamW,
            rate: 1e-3,
            backbone: 0.1,
            weight_decay: 1e-4,
            momentum: 0.9,
            nesterov: false,
            clip: 0.0,
            accumulate: 1,
            average: 0.0,
        }
    }
}

impl Optimizer {
    pub(super) fn check(&self) -> Result<(), FitError> {
        let checks = [
            ("optimizer.rate", self.rate.is_finite() && self.rate > 0.0),
            ("optimizer.backbone", (0.0..=100.0).contains(&self.backbone)),
            ("optimizer.weight_decay", (0.0..1.0).contains(&self.weight_decay)),
            ("optimizer.momentum", (0.0..1.0).contains(&self.momentum)),
            ("optimizer.clip", self.clip.is_finite() && self.clip >= 0.0),
            ("optimizer.accumulate", (1..=4096).contains(&self.accumulate)),
            ("optimizer.average", (0.0..1.0).contains(&self.average)),
        ];
        checks.iter().find(|(_, fine)| !fine).map_or(Ok(()), |(name, _)| Err(FitError::Setting(name)))
    }

    /// burn's optimizer with PyTorch's constants.
    #[must_use]
    pub fn build(&self) -> ModuleOptimizer {
        match self.kind {
            Rule::Sgd => SgdConfig::new()
                .with_momentum(
                    (self.momentum > 0.0)
                        .then(|| MomentumConfig::new().with_momentum(self.momentum).with_dampening(0.0).with_nesterov(self.nesterov)),
                )
                .with_weight_decay((self.weight_decay > 0.0).then(|| WeightDecayConfig::new(self.weight_decay)))
                .init(),
            Rule::AdamW => AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(self.weight_decay).init(),
        }
    }

    /// The rates of one step: `factor` of the set ones.
    #[must_use]
    pub fn rates(&self, factor: f64) -> ModuleLearningRate {
        let rate = self.rate * factor;
        ModuleLrScheduler::new(rate).with_group(ParamGroup::from_predicate("backbone"), DynLrScheduler::from(rate * self.backbone)).step()
    }
}

/// Gradients of one or several batches.
#[derive(Default)]
pub struct Accumulated {
    sum: GradientsParams,
    count: usize,
}

impl Accumulated {
    /// Adds a batch's gradients.
    pub fn add<M: Module>(&mut self, network: &M, mut gradients: GradientsParams) {
        if self.count > 0 {
            network.visit(&mut Add { from: &mut gradients, to: &mut self.sum });
        } else {
            self.sum = gradients;
        }
        self.count += 1;
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their mean, scaled down where its norm is longer than `clip`, and the norm before that.
    ///
    /// # Errors
    /// The device failed.
    pub fn take<M: Module>(&mut self, network: &M, clip: f32) -> Result<(GradientsParams, f64), FitError> {
        let count = std::mem::take(&mut self.count).max(1) as f64;
        let mut gradients = std::mem::take(&mut self.sum);
        let mut norm = Norm { gradients: &gradients, squares: 0.0, error: None };
        network.visit(&mut norm);
        if let Some(error) = norm.error {
            return Err(error);
        }
        let norm = norm.squares.sqrt() / count;
        let clipped = if clip > 0.0 { (f64::from(clip) / (norm + 1e-6)).min(1.0) } else { 1.0 };
        if clipped / count != 1.0 {
            network.visit(&mut Scale { gradients: &mut gradients, factor: clipped / count });
        }
        Ok((gradients, norm))
    }
}

struct Add<'a> {
    from: &'a mut GradientsParams,
    to: &'a mut GradientsParams,
}

impl ModuleVisitor for Add<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(new) = self.from.remove::<D>(param.id) {
            let sum = self.to.remove::<D>(param.id).map_or_else(|| new.clone(), |old| old + new.clone());
            self.to.register(param.id, sum);
        }
    }
}

struct Norm<'a> {
    gradients: &'a GradientsParams,
    squares: f64,
    error: Option<FitError>,
}

impl ModuleVisitor for Norm<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(gradient) = self.gradients.get::<D>(param.id) else { return };
        match gradient.square().sum().try_into_scalar::<f32>() {
            Ok(sum) => self.squares += f64::from(sum),
            Err(error) => self.error = Some(FitError::Device(error.to_string())),
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient.mul_scalar(self.factor));
        }
    }
}

/// Numbers the parameters in the order of the network, so that the optimizer's state finds them again in another process.
#[must_use]
pub fn numbered(network: Network) -> Network {
    network.map(&mut Number { next: 1 })
}

struct Number {
    next: u64,
}

impl ModuleMapper for Number {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (_, tensor, mapper) = param.consume();
        self.next += 1;
        Param::from_mapped_value(ParamId::from(self.next - 1), tensor, mapper)
    }
}
