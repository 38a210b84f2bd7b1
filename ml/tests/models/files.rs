//! Files of weights: what PyTorch writes, what it would run, and what is damaged.

use labelwright_ml::{
    Device,
    models::{ModelSpec, SegmentationModel},
    weights::{NamedTensors, Part, PickleError, WeightsError, export, load, spec_of},
};
use proptest::prelude::*;

use crate::formula::{network, picture, values};

const ZIP: &[u8] = include_bytes!("../fixtures/tiny.pth");
const OLD: &[u8] = include_bytes!("../fixtures/tiny_old.pth");
const REFUSED: &[u8] = include_bytes!("../fixtures/refused.pth");

#[test]
fn both_layouts_of_torch_save_are_read() {
    for bytes in [ZIP, OLD] {
        let tensors = NamedTensors::read(bytes).unwrap().0;
        let of = |name: &str| (tensors[name].shape.clone(), tensors[name].values.clone());
        assert_eq!(of("half"), (vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
        assert_eq!(of("shared"), (vec![3], vec![3.0, 4.0, 5.0]));
        assert_eq!(of("double"), (vec![1], vec![0.5]));
        assert_eq!(of("brain"), (vec![2], vec![1.5, -2.0]));
        assert_eq!(of("scalar"), (vec![], vec![7.25]));
        // Saved as a transposed view: the values lie in another order than the shape says.
        let (shape, weight) = of("weight");
        assert_eq!((shape, &weight[..6]), (vec![2, 4, 3], &[0.0, 4.0, 8.0, 1.0, 5.0, 9.0][..]));
        assert_eq!(tensors.len(), 6, "the counter is left out");
    }
}

#[test]
fn nothing_in_a_pickle_is_run() {
    match NamedTensors::read(REFUSED) {
        Err(WeightsError::Pickle(PickleError::Refused(name))) => assert!(name.ends_with(".system"), "{name}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_files_are_refused_by_name() {
    assert!(matches!(NamedTensors::read(b"GIF89a..........."), Err(WeightsError::UnknownFormat)));
    assert!(matches!(NamedTensors::read(b""), Err(WeightsError::UnknownFormat)));
    assert!(matches!(NamedTensors::read(b"\x80\x02}."), Err(WeightsError::Pickle(_) | WeightsError::Damaged(_))));
    let spec = ModelSpec::named("fcn_resnet18", 2).unwrap();
    let error = load(spec.build(1, &Device::flex()).unwrap(), ZIP).unwrap_err();
    assert!(matches!(&error, WeightsError::Foreign { found: 6, .. }), "{error}");
}

#[test]
fn an_exported_network_comes_back_and_says_what_it_is() {
    let spec = ModelSpec::named("deeplabv3_resnet18", 3).unwrap();
    let network = network(&spec);
    let file = export(&network).unwrap();
    assert_eq!(spec_of(&file).unwrap(), Some(spec.clone()));
    let (same, report, part) = load(spec.build(9, &Device::flex()).unwrap(), &file).unwrap();
    assert_eq!((part, report.missing.len(), report.unexpected.len()), (Part::Whole, 0, 0), "{report}");
    assert_eq!(values(same.forward(picture(1, 64)).logits), values(network.forward(picture(1, 64)).logits));

    // For other classes everything fits but the two last layers, and the report says so.
    let other = ModelSpec { classes: 7, ..spec };
    let (_, report, part) = load(other.build(9, &Device::flex()).unwrap(), &file).unwrap();
    let names: Vec<&str> = report.mismatched.iter().map(|mismatch| mismatch.name.as_str()).collect();
    assert_eq!(names, ["classifier.4.weight", "classifier.4.bias", "aux_classifier.4.weight", "aux_classifier.4.bias"]);
    assert_eq!(part, Part::Some);
}

#[test]
fn the_same_seed_gives_the_same_weights_and_another_seed_others() {
    let spec = ModelSpec::named("fcn_efficientnet_lite0", 2).unwrap();
    let file = |seed| export(&spec.build(seed, &Device::flex()).unwrap()).unwrap();
    assert_eq!(file(1), file(1));
    assert_ne!(file(1), file(2));
}

proptest! {
    /// Damaged files give an error or tensors, and never more values than the file has bytes for.
    #[test]
    fn damaged_files_never_panic(old in any::<bool>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4), cut in any::<prop::sample::Index>(), shorten in any::<bool>()) {
        let mut bytes = if old { OLD } else { ZIP }.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if shorten {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(tensors) = NamedTensors::read(&bytes) {
            let values: usize = tensors.0.values().map(|array| array.values.len()).sum();
            prop_assert!(values <= bytes.len());
        }
    }
}
