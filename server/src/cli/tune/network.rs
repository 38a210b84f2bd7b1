//! Trials of whole networks: each is a training with its own folder.

use std::{fs, ops::ControlFlow, path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use labelwright_data::source::{DataSet, DataSetExt as _, Shares};
use labelwright_dataset::Subset;
use labelwright_ml::{
    Device,
    models::ModelSpec,
    train::network::{Data, Event, FitError, Recipe, fit},
    weights,
};
use labelwright_tune::{Settings, Space, Value};
use serde::Deserialize as _;

use super::{Subject, file::File};
use crate::cli::train::labeled;

pub struct Networks {
    model: String,
    classes: usize,
    weights: Option<Vec<u8>>,
    /// The recipe of every trial, as a table whose values are changed by their paths.
    recipe: toml::Table,
    data: Data,
    test: Arc<dyn DataSet>,
    output: PathBuf,
    device: Device,
}

impl Networks {
    /// # Errors
    /// The data or the weights can't be read, or the recipe has an unknown setting.
    pub fn new(file: &File) -> anyhow::Result<Self> {
        if file.classes < 2 {
            bail!("set 'classes' to the number of classes, background among them");
        }
        ModelSpec::named(&file.model, file.classes)?;
        recipe(&file.settings).context("[settings]")?;
        let set = labeled(&file.data, &file.format, file.things_are)?;
        let shares = Shares { validation: file.validation, test: file.test };
        let part = |subset| -> anyhow::Result<Arc<dyn DataSet>> { Ok(Arc::new(set.clone().split(subset, shares, 1)?.cached(1 << 30))) };
        let data = Data { train: part(Subset::Train)?, validation: part(Subset::Validation)? };
        let read = |path: &PathBuf| fs::read(path).with_context(|| format!("the weights {} can't be read", path.display()));
        Ok(Self {
            model: file.model.clone(),
            classes: file.classes,
            weights: file.weights.as_ref().map(read).transpose()?,
            recipe: file.settings.clone(),
            data,
            test: part(Subset::Test)?,
            output: file.output.clone(),
            device: Device::flex(),
        })
    }

    fn with(&self, settings: &Settings) -> anyhow::Result<Recipe> {
        let mut table = self.recipe.clone();
        for (name, value) in settings {
            set(&mut table, name, value)?;
        }
        recipe(&table)
    }
}

impl Subject for Networks {
    /// The recipe's own values, if it says every one of them.
    fn baseline(&self, space: &Space) -> Option<Settings> {
        let value = |name: &str| {
            let mut place = self.recipe.get(name.split('.').next()?)?;
            for part in name.split('.').skip(1) {
                place = place.get(part)?;
            }
            match place {
                toml::Value::Integer(n) => Some(Value::Integer(*n)),
                toml::Value::Float(x) => Some(Value::Real(*x)),
                toml::Value::String(text) => Some(Value::Text(text.clone())),
                _ => None,
            }
        };
        space.parameters().iter().map(|parameter| Some((parameter.name.clone(), value(&parameter.name)?))).collect()
    }

    fn run(&self, number: usize, settings: &Settings, told: &mut dyn FnMut(f64) -> ControlFlow<()>) -> anyhow::Result<f64> {
        let recipe = self.with(settings)?;
        let mut network = ModelSpec::named(&self.model, self.classes)?.build(recipe.seed, &self.device)?;
        if let Some(bytes) = &self.weights {
            network = weights::load(network, bytes)?.0;
        }
        let folder = self.output.join(format!("trial-{number}"));
        fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let mut last = None;
        let fitted = fit(network, &recipe, &self.data, &folder, &self.device, &mut |event: Event<'_>| {
            let Event::Epoch(epoch) = event else { return ControlFlow::Continue(()) };
            last = Some(epoch.foreground_iou);
            told(epoch.foreground_iou)
        });
        match (fitted, last) {
            (Ok(fitted), _) => fitted.epochs.last().map(|epoch| epoch.foreground_iou).context("it has no epoch"),
            (Err(FitError::Stopped { .. }), Some(value)) => Ok(value),
            (Err(error), _) => Err(error.into()),
        }
    }

    fn test(&self, settings: &Settings) -> anyhow::Result<Option<f64>> {
        if self.test.is_empty() {
            return Ok(None);
        }
        let data = Data { train: self.data.train.clone(), validation: self.test.clone() };
        let whole = Self {
            data,
            test: self.test.clone(),
            output: self.output.join("final"),
            recipe: self.recipe.clone(),
            model: self.model.clone(),
            weights: self.weights.clone(),
            classes: self.classes,
            device: self.device.clone(),
        };
        // A folder of its own for every choice of settings, so that nothing is gone on with by mistake.
        let name = serde_json::to_string(settings)?
            .bytes()
            .fold(0xcbf2_9ce4u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        whole.run((name % 1_000_000) as usize, settings, &mut |_| ControlFlow::Continue(())).map(Some)
    }
}

fn recipe(table: &toml::Table) -> anyhow::Result<Recipe> {
    Ok(Recipe::deserialize(toml::Value::Table(table.clone()))?)
}

/// Sets `optimizer.rate` in the table `optimizer`, which is made if need be.
fn set(table: &mut toml::Table, path: &str, value: &Value) -> anyhow::Result<()> {
    let value = match value {
        Value::Integer(n) => toml::Value::Integer(*n),
        Value::Real(x) => toml::Value::Float(*x),
        Value::Text(text) => toml::Value::String(text.clone()),
    };
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let inner = inner.as_table_mut().with_context(|| format!("'{first}' is no table, so '{path}' can't be searched"))?;
            let value = match value {
                toml::Value::Integer(n) => Value::Integer(n),
                toml::Value::Float(x) => Value::Real(x),
                other => Value::Text(other.as_str().unwrap_or_default().to_owned()),
            };
            set(inner, rest, &value)?;
        }
    }
    Ok(())
}
