//! Whole runs on pictures that are drawn here.

use std::{fs, ops::ControlFlow, path::Path, sync::Arc};

use labelwright_data::{
    pixels::Picture,
    sample::{Sample, Target},
    source::MemorySet,
    transform::step::Size,
};
use labelwright_dataset::{ClassMap, Schema};
use labelwright_ml::{
    Device,
    models::{ModelSpec, Network},
    train::network::{Data, Event, FitError, Fitted, Loss, Optimizer, Recipe, fit},
    weights::{NamedTensors, spec_of},
};

/// Bright squares on dark ground; class 1 where it is bright.
fn set(count: u32, first: u32, class: u8) -> MemorySet {
    let samples = (first..first + count).map(|number| {
        let (left, top) = (number * 7 % 16, number * 11 % 16);
        let inside = |at: u32| (left..left + 16).contains(&(at % 32)) && (top..top + 16).contains(&(at / 32));
        let pixels: Vec<u8> = (0..32 * 32).flat_map(|at| [if inside(at) { 220 } else { (at % 50) as u8 }; 3]).collect();
        let classes = (0..32 * 32).map(|at| if inside(at) { class } else { 0 }).collect();
        let mask = Some(ClassMap { width: 32, height: 32, classes });
        let picture = Picture::new(32, 32, pixels).unwrap();
        Sample { target: Target { mask, ..Target::default() }, ..Sample::new(format!("{number}.png"), picture) }
    });
    MemorySet::new(Schema::default(), samples.collect())
}

fn data(class: u8) -> Data {
    Data { train: Arc::new(set(6, 0, class)), validation: Arc::new(set(2, 50, class)) }
}

fn recipe() -> Recipe {
    Recipe {
        epochs: 4,
        batch: 2,
        size: Size::Square(32),
        loss: Loss { dice: 0.5, ..Loss::default() },
        optimizer: Optimizer { backbone: 0.5, average: 0.5, accumulate: 2, clip: 5.0, ..Optimizer::default() },
        ..Recipe::default()
    }
}

fn network() -> Network {
    ModelSpec::named("fcn_efficientnet_lite0", 2).unwrap().build(1, &Device::flex()).unwrap()
}

fn run(recipe: &Recipe, data: &Data, folder: &Path, epochs: usize) -> Result<Fitted, FitError> {
    let mut watch = |event: Event<'_>| match event {
        Event::Epoch(figures) if figures.epoch == epochs => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    fit(network(), recipe, data, folder, &Device::flex(), &mut watch)
}

/// One test, because the device's random numbers are the whole process's.
#[test]
fn a_run_that_was_stopped_ends_with_the_same_weights() {
    let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let recipe = recipe();
    let fitted = run(&recipe, &data(1), whole.path(), 99).unwrap();
    assert_eq!(fitted.epochs.len(), 4);
    assert!(fitted.epochs[3].loss < fitted.epochs[0].loss, "{:?}", fitted.epochs);

    assert!(matches!(run(&recipe, &data(1), parts.path(), 2), Err(FitError::Stopped { epoch: 2 })));
    // What a crash leaves behind while a checkpoint is written is in nobody's way.
    fs::write(parts.path().join("last.new"), b"half").unwrap();
    let rest = run(&recipe, &data(1), parts.path(), 99).unwrap();
    assert_eq!(rest.epochs.len(), 2);
    let checkpoint = |folder: &Path| NamedTensors::from_safetensors(&fs::read(folder.join("last.ckpt")).unwrap()).unwrap();
    assert_eq!(checkpoint(whole.path()), checkpoint(parts.path()));
    let best = |folder: &Path| fs::read(folder.join("best.safetensors")).unwrap();
    assert_eq!(best(whole.path()), best(parts.path()));
    assert_eq!(spec_of(&best(whole.path())).unwrap().unwrap().name(), "fcn_efficientnet_lite0");

    let lines = fs::read_to_string(parts.path().join("metrics.jsonl")).unwrap();
    let epochs: Vec<u64> =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["epoch"].as_u64().unwrap()).collect();
    assert_eq!(epochs, [1, 2, 3, 4]);

    // Another recipe doesn't go on with this folder, and a run whose loss is lost keeps what was good.
    let wild = Recipe { optimizer: Optimizer { rate: 1e30, clip: 0.0, ..recipe.optimizer.clone() }, ..recipe };
    assert!(matches!(run(&wild, &data(1), whole.path(), 99), Err(FitError::OtherRecipe)));
    let lost = tempfile::tempdir().unwrap();
    assert!(matches!(run(&wild, &data(1), lost.path(), 99), Err(FitError::Diverged { .. } | FitError::Weights(_))));
    assert!(!lost.path().join("last.new").exists());
}

#[test]
fn what_can_not_be_learned_is_said_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |recipe: &Recipe, data: &Data| match run(recipe, data, folder.path(), 99) {
        Err(error) => error,
        Ok(_) => panic!("it must fail"),
    };
    let empty = Data { train: Arc::new(set(0, 0, 1)), ..data(1) };
    assert!(matches!(fails(&recipe(), &empty), FitError::Empty("training")));
    assert!(matches!(fails(&recipe(), &data(0)), FitError::Unseen { class: 1, .. }));
    assert!(matches!(fails(&recipe(), &data(7)), FitError::ForeignClass { class: 7, classes: 2, .. }));
    let few = Recipe { batch: 0, ..recipe() };
    assert!(matches!(fails(&few, &data(1)), FitError::Setting("batch")));
    assert!(!folder.path().join("last.ckpt").exists());
}
