//! Makes `weights/efficientnet_lite0.safetensors` from the float32 backbone: convolution weights become half precision, everything of the
//! normalisation stays single precision (its variances span more than half precision holds).
//!
//! `cargo run -p labelwright-ml --example convert_weights -- INPUT.safetensors OUTPUT.safetensors [f32]`

use std::{env, error::Error, fs};

use half::f16;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, output, rest @ ..] = arguments.as_slice() else {
        return Err("give an input and an output file".into());
    };
    let keep = rest.first().is_some_and(|word| word == "f32");
    let bytes = fs::read(input)?;
    let source = SafeTensors::deserialize(&bytes)?;
    let mut converted: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    let mut worst = 0.0f32;
    for (name, view) in source.tensors() {
        let is_convolution = view.shape().len() == 4;
        if keep || !is_convolution {
            converted.push((name, view.dtype(), view.shape().to_vec(), view.data().to_vec()));
            continue;
        }
        let (values, _) = view.data().as_chunks::<4>();
        let mut data = Vec::with_capacity(values.len() * 2);
        for &value in values {
            let value = f32::from_le_bytes(value);
            let short = f16::from_f32(value);
            worst = worst.max((short.to_f32() - value).abs());
            data.extend(short.to_le_bytes());
        }
        converted.push((name, Dtype::F16, view.shape().to_vec(), data));
    }
    let mut views = Vec::with_capacity(converted.len());
    for (name, dtype, shape, data) in &converted {
        views.push((name.as_str(), TensorView::new(*dtype, shape.clone(), data)?));
    }
    let file = safetensors::serialize(views, None)?;
    fs::write(output, &file)?;
    println!("{} tensors, {} bytes, largest rounding error {worst:.2e}", converted.len(), file.len());
    Ok(())
}
