//! The names that other libraries give to the same tensors, brought to torchvision's.

use super::NamedTensors;
use crate::models::ModelSpec;

/// Prefixes that wrappers of PyTorch put before every name.
const WRAPPERS: [&str; 3] = ["module.", "_orig_mod.", "model."];

/// GluonCV's port to PyTorch → torchvision; the first that fits is taken. What follows the prefix is the same in both.
const GLUON: [(&str, &str); 10] = [
    ("pretrained.", "backbone."),
    ("auxlayer.conv5.", "aux_classifier."),
    ("head.aspp.b0.", "classifier.0.convs.0."),
    ("head.aspp.b1.", "classifier.0.convs.1."),
    ("head.aspp.b2.", "classifier.0.convs.2."),
    ("head.aspp.b3.", "classifier.0.convs.3."),
    ("head.aspp.b4.gap.", "classifier.0.convs.4."),
    ("head.aspp.project.", "classifier.0.project."),
    ("head.conv5.", "classifier."),
    ("head.block.", "classifier."),
];

/// Gives all tensors torchvision's names for a segmentation network. Files that hold only a backbone (a classifier's weights, with or without its
/// last layer) get `backbone.` before their names; the layers after the features are left out.
pub(super) fn canonical(tensors: NamedTensors, spec: &ModelSpec) -> NamedTensors {
    let mut tensors = tensors;
    for wrapper in WRAPPERS {
        if !tensors.0.is_empty() && tensors.0.keys().all(|name| name.starts_with(wrapper)) {
            tensors = tensors.renamed(|name| name.strip_prefix(wrapper).map(str::to_owned));
        }
    }
    let has = |prefix: &str| tensors.0.keys().any(|name| name.starts_with(prefix));
    if has("pretrained.") {
        return tensors.renamed(gluon);
    }
    if !has("backbone.") && (has("conv1.") || has("_conv_stem.")) {
        let dropped: &[&str] =
            if spec.backbone.is_resnet() { &["fc."] } else { &["_fc.", "_conv_head.", "_bn1.", "classifier.", "_bn_head."] };
        return tensors.renamed(|name| (!dropped.iter().any(|prefix| name.starts_with(prefix))).then(|| format!("backbone.{name}")));
    }
    tensors
}

fn gluon(name: &str) -> Option<String> {
    if name.starts_with("pretrained.fc.") {
        return None;
    }
    // DeepLab's last block counts from the convolution after the pyramid, torchvision's sequence has the pyramid itself at 0.
    if let Some(rest) = name.strip_prefix("head.block.") {
        let (number, rest) = rest.split_once('.')?;
        return Some(format!("classifier.{}.{rest}", if number == "0" || number == "1" { number.parse::<u8>().ok()? + 1 } else { 4 }));
    }
    let found = GLUON.iter().find_map(|(theirs, ours)| Some(format!("{ours}{}", name.strip_prefix(theirs)?)));
    Some(found.unwrap_or_else(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Array;

    fn renamed(names: &[&str], model: &str) -> Vec<String> {
        let array = || Array { shape: Vec::new(), values: vec![0.0] };
        let tensors = NamedTensors(names.iter().map(|&name| (name.to_owned(), array())).collect());
        canonical(tensors, &ModelSpec::named(model, 2).unwrap()).0.into_keys().collect()
    }

    #[test]
    fn wrappers_and_classifiers_are_seen_through() {
        assert_eq!(renamed(&["module.conv1.weight", "module.fc.bias"], "fcn_resnet50"), ["backbone.conv1.weight"]);
        assert_eq!(
            renamed(&["_conv_stem.weight", "_bn0.bias", "_bn1.bias", "_fc.weight"], "fcn_efficientnet_lite0"),
            ["backbone._bn0.bias", "backbone._conv_stem.weight"]
        );
        assert_eq!(renamed(&["backbone.conv1.weight", "classifier.0.weight"], "fcn_resnet50").len(), 2);
    }

    #[test]
    fn the_names_of_gluoncv_are_known() {
        let names = ["pretrained.layer1.0.bn1.weight", "head.aspp.b4.gap.1.weight", "head.block.0.weight", "head.block.4.bias"];
        assert_eq!(
            renamed(&names, "deeplab_resnet50"),
            ["backbone.layer1.0.bn1.weight", "classifier.0.convs.4.1.weight", "classifier.1.weight", "classifier.4.bias"]
        );
        assert_eq!(renamed(&["pretrained.fc.bias", "head.conv5.0.conv1.0.weight"], "psp_resnet50"), ["classifier.0.conv1.0.weight"]);
    }
}
