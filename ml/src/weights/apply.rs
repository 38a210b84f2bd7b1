//! Between a module's parameters and named arrays: filling in, reading out, random first values.

use std::collections::BTreeSet;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{Array, NamedTensors, WeightsError};
use crate::models::Network;

/// The file's name of the tensor at a path of a module.
pub type Names<'a> = &'a dyn Fn(&[&str]) -> Option<String>;

/// A tensor whose shape differs, such as the last layer of a network for other classes. It kept its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub name: String,
    pub found: Vec<usize>,
    pub wanted: Vec<usize>,
}

/// What fitted and what didn't.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// How many tensors were filled in.
    pub loaded: usize,
    /// The module's tensors that the file hasn't; they kept their values.
    pub missing: Vec<String>,
    /// The file's tensors that the module hasn't.
    pub unexpected: Vec<String>,
    pub mismatched: Vec<Mismatch>,
}

impl LoadReport {
    /// Whether every tensor of the module was filled in.
    ///
    /// # Errors
    /// The first tensor that was not.
    pub fn complete(&self) -> Result<(), WeightsError> {
        if let Some(name) = self.missing.first() {
            return Err(WeightsError::Missing(name.clone()));
        }
        match self.mismatched.first() {
            Some(Mismatch { name, found, wanted }) => {
                Err(WeightsError::Shape { name: name.clone(), found: found.clone(), wanted: wanted.clone() })
            }
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for LoadReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = |names: &[String]| names.first().map(|name| format!(" ({name}, …)")).unwrap_or_default();
        write!(f, "{} tensors loaded", self.loaded)?;
        if !self.missing.is_empty() {
            write!(f, ", {} missing{}", self.missing.len(), first(&self.missing))?;
        }
        if !self.unexpected.is_empty() {
            write!(f, ", {} of the file not used{}", self.unexpected.len(), first(&self.unexpected))?;
        }
        for Mismatch { name, found, wanted } in &self.mismatched {
            write!(f, ", {name} is {found:?} in the file but {wanted:?} here")?;
        }
        Ok(())
    }
}

/// Fills a module with the tensors of a file, by name.
#[must_use]
pub fn apply<M: Module>(module: M, tensors: &NamedTensors, names: Names<'_>) -> (M, LoadReport) {
    let mut seen = BTreeSet::new();
    let mut report = LoadReport::default();
    let module = changed(module, names, &mut |name, wanted| {
        let Some(array) = tensors.0.get(name) else {
            report.missing.push(name.to_owned());
            return None;
        };
        seen.insert(name.to_owned());
        if array.shape != wanted {
            report.mismatched.push(Mismatch { name: name.to_owned(), found: array.shape.clone(), wanted: wanted.to_vec() });
            return None;
        }
        report.loaded += 1;
        Some(array.values.clone())
    });
    report.unexpected = tensors.0.keys().filter(|name| !seen.contains(*name)).cloned().collect();
    (module, report)
}

/// A network with random weights: convolutions from a normal distribution with variance 2 / (outputs × kernel area), normalisations doing nothing.
#[must_use]
pub fn initialised(network: Network, seed: u64) -> Network {
    let spec = network.spec().clone();
    changed(network, &|path| Network::tensor_name(&spec, path), &mut |name, shape| {
        let &[outputs, _, height, width] = shape else { return None };
        let mut random = StdRng::seed_from_u64(seed ^ hash(name));
        let deviation = (2.0 / (outputs * height * width) as f32).sqrt();
        Some((0..shape.iter().product()).map(|_| deviation * normal(&mut random)).collect())
    })
}

/// All tensors of a module by name.
///
/// # Errors
/// The device failed.
pub fn collect<M: Module>(module: &M, names: Names<'_>) -> Result<NamedTensors, WeightsError> {
    let mut collector = Collector { path: Path::default(), names, out: NamedTensors::default(), error: None };
    module.visit(&mut collector);
    match collector.error {
        Some(error) => Err(error),
        None => Ok(collector.out),
    }
}

/// The values of a tensor by its name and shape; none keeps those that it has.
type Values<'a> = dyn FnMut(&str, &[usize]) -> Option<Vec<f32>> + 'a;

/// Gives each tensor of a module new values, where `values` has any for its name and shape.
fn changed<M: Module>(module: M, names: Names<'_>, values: &mut Values<'_>) -> M {
    module.map(&mut Changer { path: Path::default(), names, values })
}

fn normal(random: &mut StdRng) -> f32 {
    let (a, b): (f32, f32) = (random.random(), random.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}

/// FNV-1a.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Where a walk through a module is. The variants of enums are no part of it.
#[derive(Default)]
struct Path(Vec<String>);

impl Path {
    fn enter(&mut self, name: &str, container: &str) {
        if !container.starts_with("Enum:") {
            self.0.push(name.to_owned());
        }
    }

    fn exit(&mut self, container: &str) {
        if !container.starts_with("Enum:") {
            self.0.pop();
        }
    }

    fn name(&self, names: Names<'_>) -> Option<String> {
        names(&self.0.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

struct Changer<'a> {
    path: Path,
    names: Names<'a>,
    values: &'a mut Values<'a>,
}

impl ModuleMapper for Changer<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, container: &str) {
        self.path.exit(container);
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(name) = self.path.name(self.names) else { return param };
        let shape = param.val().dims();
        let Some(values) = (self.values)(&name, &shape) else { return param };
        param.map(|old| {
            let device = old.device();
            let new = Tensor::from_data(TensorData::new(values, shape), &device);
            if old.is_require_grad() { new.require_grad() } else { new }
        })
    }
}

struct Collector<'a> {
    path: Path,
    names: Names<'a>,
    out: NamedTensors,
    error: Option<WeightsError>,
}

impl ModuleVisitor for Collector<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, container: &str) {
        self.path.exit(container);
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(name) = self.path.name(self.names) else { return };
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        match tensor.without_autodiff().try_into_vec_as::<f32>() {
            Ok(values) => {
                self.out.0.insert(name, Array { shape, values });
            }
            Err(error) => self.error = Some(WeightsError::Device(error.to_string())),
        }
    }
}
