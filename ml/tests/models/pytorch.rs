//! Against PyTorch itself, where it is installed: its files read, its outputs reached, our files loaded by torchvision.
//!
//! `LABELWRIGHT_PYTHON` names an interpreter with torch, torchvision and safetensors; without it `python3` is tried. Where the packages are missing,
//! the test says on standard error that nothing was checked; the recorded values in `golden.rs` are checked everywhere.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use burn::tensor::{Device, Tensor, TensorData};
use labelwright_ml::{
    models::{ModelSpec, SegmentationModel},
    weights::{NamedTensors, Part, export, load},
};

use crate::formula::{difference, network, values};

fn tool(python: &str, arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/pytorch_reference.py");
    Command::new(python).arg(script).args(arguments).output().unwrap()
}

/// An interpreter that has the packages, or a line on standard error (past the test runner's capture) that there is none.
fn python() -> Option<String> {
    let python = env::var("LABELWRIGHT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import torch, torchvision, safetensors"]).output().is_ok_and(|out| out.status.success());
    if !found {
        let text = "NOT CHECKED against PyTorch: torch, torchvision and safetensors are not installed for {python}\n";
        let _ = std::io::stderr().write_all(text.replace("{python}", &python).as_bytes());
    }
    found.then_some(python)
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("labelwright-pytorch-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn pytorchs_files_give_pytorchs_outputs_and_ours_load_in_torchvision() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let written = tool(&python, &["files", folder.0.to_str().unwrap()]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    for name in ["fcn_resnet50", "deeplabv3_resnet50", "psp_resnet50", "fcn_resnet18", "fcn_efficientnet_lite0"] {
        let io = NamedTensors::read(&fs::read(folder.0.join(format!("{name}.io.safetensors"))).unwrap()).unwrap().0;
        let x: Tensor<4> = Tensor::from_data(TensorData::new(io["x"].values.clone(), io["x"].shape.clone()), &Device::flex());
        let spec = ModelSpec::named(name, 5).unwrap();
        for ending in ["pth", "old.pth"] {
            let file = fs::read(folder.0.join(format!("{name}.{ending}"))).unwrap();
            let (network, report, part) = load(spec.build(1, &Device::flex()).unwrap(), &file).unwrap();
            assert_eq!((part, report.unexpected.len()), (Part::Whole, 0), "{name}: {report}");
            let output = network.forward(x.clone());
            let mut worst = difference(&values(output.logits), &io["out"].values);
            if let Some(auxiliary) = output.auxiliary {
                worst = worst.max(difference(&values(auxiliary), &io["aux"].values));
            }
            println!("{name}.{ending}: {worst:.1e}");
            assert!(worst < 1e-4, "{name}.{ending}: {worst}");
        }
    }
    for name in ["fcn_resnet50", "deeplabv3_resnet50"] {
        let path = folder.0.join("export.safetensors");
        fs::write(&path, export(&network(&ModelSpec::named(name, 4).unwrap())).unwrap()).unwrap();
        let strict = tool(&python, &["strict", path.to_str().unwrap(), name, "4"]);
        assert!(strict.status.success(), "{name}: {}", String::from_utf8_lossy(&strict.stderr));
    }
}
