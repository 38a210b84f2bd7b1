//! Trials of whole networks: each is a training with its own folder.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

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

    /// Trains a network with these settings in a folder, and returns its last mean IoU on the validation images of `data`.
    fn trained(
        &self,
        data: &Data,
        folder: &Path,
        settings: &Settings,
        told: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> anyhow::Result<f64> {
        let recipe = self.with(settings)?;
        let mut network = ModelSpec::named(&self.model, self.classes)?.build(recipe.seed, &self.device)?;
        if let Some(bytes) = &self.weights {
            network = weights::load(network, bytes)?.0;
        }
        fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let mut last = None;
        let fitted = fit(network, &recipe, data, folder, &self.device, &mut |event: Event<'_>| {
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
        self.trained(&self.data, &self.output.join(format!("trial-{number}")), settings, told)
    }

    fn test(&self, number: usize, settings: &Settings) -> anyhow::Result<Option<f64>> {
        if self.test.is_empty() {
            return Ok(None);
        }
        let data = Data { train: self.data.train.clone(), validation: self.test.clone() };
        self.trained(&data, &self.output.join(format!("final-{number}")), settings, &mut |_| ControlFlow::Continue(())).map(Some)
    }
}

fn recipe(table: &toml::Table) -> anyhow::Result<Recipe> {
    Ok(Recipe::deserialize(toml::Value::Table(table.clone()))?)
}

/// Sets `optimizer.rate` in the table `optimizer`, which is made if need be.
fn set(table: &mut toml::Table, path: &str, value: &Value) -> anyhow::Result<()> {
    let Some((first, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), toml::Value::try_from(value)?);
        return Ok(());
    };
    let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let inner = inner.as_table_mut().with_context(|| format!("'{first}' is no table, so '{path}' can't be searched"))?;
    set(inner, rest, value)
}
