//! `labelwright train`: networks from labeled folders, one stage after the other, without a server.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use labelwright_data::source::{DataSet, DataSetExt as _, ExchangeSet, FolderSet, Parts, Shares};
use labelwright_dataset::{Subset, exchange::FolderInput, formats::registry};
use labelwright_ml::{
    Device,
    models::{ModelSpec, Network},
    train::network::{Data, Event, Recipe, find_rate, fit},
    weights,
};
use serde::Deserialize;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to train on what; given as --config.
    #[arg(skip)]
    pub(super) recipe: Option<PathBuf>,
    /// Try learning rates on the first stage and suggest one, instead of training
    #[arg(long)]
    find_rate: bool,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Folder for checkpoints and results, one folder a stage.
    output: PathBuf,
    /// Name of the network, as `fcn_resnet50`.
    model: String,
    /// Weights to begin with: safetensors or `.pth`, of the whole network or of a classifier.
    weights: Option<PathBuf>,
    #[serde(default = "automatic")]
    device: String,
    stage: Vec<Stage>,
}

/// One data set and how to learn from it; begins with the weights of the stage before.
#[derive(Debug, Deserialize)]
struct Stage {
    name: String,
    data: PathBuf,
    /// A format that `labelwright formats` lists; 'folder' is images/ and masks/.
    #[serde(default = "folder")]
    format: String,
    /// How many classes there are, background among them.
    classes: usize,
    /// Masks of 16 bits number things; all of them are of this class.
    things_are: Option<u8>,
    #[serde(default = "fifth")]
    validation: f64,
    #[serde(default)]
    recipe: Recipe,
}

fn automatic() -> String {
    "auto".to_owned()
}

pub(super) fn folder() -> String {
    "folder".to_owned()
}

fn fifth() -> f64 {
    0.2
}

/// # Errors
/// The file or a data set can't be read, or training failed; what was best until then is in the output folder.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let path = args.recipe.as_ref().context("say what to train with --config recipe.toml; docs/training.md describes the file")?;
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown} can't be read"))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{shown} is no training recipe"))?;
    let device = match file.device.as_str() {
        "auto" | "cpu" => Device::flex(),
        "cuda" | "wgpu" => bail!("this program was built without {}; set device = \"cpu\"", file.device),
        other => bail!("there is no device '{other}'; choose auto or cpu"),
    };
    if file.stage.is_empty() {
        bail!("{shown} has no [[stage]]; give at least one");
    }
    let mut before = file.weights.clone();
    for stage in &file.stage {
        let network = begun(&file.model, stage, before.as_deref(), &device)?;
        let data = data(stage).with_context(|| format!("stage '{}'", stage.name))?;
        println!("stage {}: {} images to learn from, {} to check", stage.name, data.train.len(), data.validation.len());
        if args.find_rate {
            let (trials, suggestion) = find_rate(network, &stage.recipe, &data, 60, &device)?;
            trials.iter().for_each(|trial| println!("rate {:9.2e}  loss {:.4}", trial.rate, trial.loss));
            match suggestion {
                Some(rate) => println!("suggested: rate = {rate:.1e}"),
                None => println!("the loss never fell; check the data, or begin with trained weights"),
            }
            return Ok(ExitCode::SUCCESS);
        }
        let folder = file.output.join(&stage.name);
        fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let fitted = fit(network, &stage.recipe, &data, &folder, &device, &mut told)?;
        let best = folder.join("best.safetensors");
        println!("stage {}: mean IoU {:.4}, weights in {}", stage.name, fitted.mean_iou, best.display());
        before = Some(best);
    }
    Ok(ExitCode::SUCCESS)
}

fn told(event: Event<'_>) -> ControlFlow<()> {
    if let Event::Epoch(epoch) = event {
        println!(
            "epoch {:3}  loss {:.4}  mean IoU {:.4}  without background {:.4}  pixels {:.4}  {:.0} s",
            epoch.epoch, epoch.loss, epoch.mean_iou, epoch.foreground_iou, epoch.pixel_accuracy, epoch.seconds
        );
    }
    ControlFlow::Continue(())
}

/// The network with the weights that the stage begins with.
fn begun(model: &str, stage: &Stage, before: Option<&Path>, device: &Device) -> anyhow::Result<Network> {
    let network = ModelSpec::named(model, stage.classes)?.build(stage.recipe.seed, device)?;
    let Some(path) = before else { return Ok(network) };
    let bytes = fs::read(path).with_context(|| format!("the weights {} can't be read", path.display()))?;
    let (network, report, _) = weights::load(network, &bytes)?;
    println!("stage {} begins with {}: {report}", stage.name, path.display());
    Ok(network)
}

fn data(stage: &Stage) -> anyhow::Result<Data> {
    if stage.name.is_empty() || stage.name.contains(['/', '\\']) || stage.name.starts_with('.') {
        bail!("the name of a stage is the name of a folder; choose another");
    }
    if !(0.0..1.0).contains(&stage.validation) {
        bail!("'validation' is a share from 0 to 1");
    }
    let set = labeled(&stage.data, &stage.format, stage.things_are)?;
    let shares = Shares { validation: stage.validation, test: 0.0 };
    let part = |subset| -> anyhow::Result<Arc<dyn DataSet>> { Ok(Arc::new(set.clone().split(subset, shares, 1)?.cached(1 << 30))) };
    Ok(Data { train: part(Subset::Train)?, validation: part(Subset::Validation)? })
}

/// Pictures and masks of a folder, in any format that can be read. `things_are` is the class of what masks of 16 bits number.
pub(super) fn labeled(data: &Path, format: &str, things_are: Option<u8>) -> anyhow::Result<Arc<dyn DataSet>> {
    let input = Arc::new(FolderInput::new(data));
    if format == "folder" {
        let set = FolderSet::masks(input)?;
        Ok(match things_are {
            Some(class) => Arc::new(set.things_are(class)),
            None => Arc::new(set),
        })
    } else {
        let reader = registry::reader(format, input.clone(), &Default::default())?;
        Ok(Arc::new(ExchangeSet::read(reader, input, Parts::SEGMENTATION)?))
    }
}
