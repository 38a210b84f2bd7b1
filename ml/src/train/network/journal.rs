//! What training says about itself: a line of JSON for every epoch, and the event files that TensorBoard draws.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use super::FitError;

/// One epoch in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EpochFigures {
    pub epoch: usize,
    pub step: usize,
    /// Mean over the epoch's batches.
    pub loss: f64,
    /// Of the heads, at the last step.
    pub rate: f64,
    /// Norm of the last step's gradients before clipping.
    pub gradient: f64,
    /// Of the validation set, over all classes that it or the prediction has, background among them.
    pub mean_iou: f64,
    /// The same without background.
    pub foreground_iou: f64,
    pub pixel_accuracy: f64,
    /// Class and IoU.
    pub per_class: Vec<(u8, f64)>,
    /// Since the epoch began.
    pub seconds: f64,
}

/// Both files; lines are added to those of an earlier run that is gone on with.
pub(super) struct Journal {
    lines: File,
    events: File,
}

impl Journal {
    pub fn open(folder: &Path) -> Result<Self, FitError> {
        let write = || {
            fs::create_dir_all(folder)?;
            let now = now();
            let append = |name: &str| OpenOptions::new().create(true).append(true).open(folder.join(name));
            let lines = append("metrics.jsonl")?;
            let mut events = append(&format!("events.out.tfevents.{:010}.{}.labelwright", now as u64, std::process::id()))?;
            let mut version = Vec::new();
            bytes(&mut version, 3, b"brain.Event:2");
            record(&mut events, now, 0, &version)?;
            Ok(Self { lines, events })
        };
        write().map_err(FitError::file(folder))
    }

    pub fn write(&mut self, figures: &EpochFigures) -> io::Result<()> {
        let mut line = serde_json::to_vec(figures)?;
        line.push(b'\n');
        self.lines.write_all(&line)?;
        let scalars = [
            ("train/loss", figures.loss),
            ("train/rate", figures.rate),
            ("train/gradient", figures.gradient),
            ("validation/mean_iou", figures.mean_iou),
            ("validation/foreground_iou", figures.foreground_iou),
            ("validation/pixel_accuracy", figures.pixel_accuracy),
        ];
        let mut summary = Vec::new();
        for (tag, value) in scalars {
            let mut scalar = Vec::new();
            bytes(&mut scalar, 1, tag.as_bytes());
            // Field 2, four bytes: simple_value.
            scalar.push(2 << 3 | 5);
            scalar.extend((value as f32).to_le_bytes());
            bytes(&mut summary, 1, &scalar);
        }
        let mut event = Vec::new();
        bytes(&mut event, 5, &summary);
        record(&mut self.events, now(), figures.step as u64, &event)
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// An `Event` of TensorFlow's `event.proto` as a TFRecord: length, its checksum, the message, its checksum.
fn record(out: &mut File, time: f64, step: u64, rest: &[u8]) -> io::Result<()> {
    let mut event = vec![1 << 3 | 1];
    event.extend(time.to_le_bytes());
    event.push(2 << 3);
    varint(&mut event, step);
    event.extend(rest);
    let length = (event.len() as u64).to_le_bytes();
    let mut framed = length.to_vec();
    framed.extend(masked(&length).to_le_bytes());
    framed.extend(&event);
    framed.extend(masked(&event).to_le_bytes());
    out.write_all(&framed)
}

/// A field of bytes, in Protocol Buffers.
fn bytes(out: &mut Vec<u8>, field: u8, value: &[u8]) {
    out.push(field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend(value);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// CRC-32C (Castagnoli) as TensorFlow masks it.
fn masked(bytes: &[u8]) -> u32 {
    let crc = !bytes
        .iter()
        .fold(!0u32, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg())));
    crc.rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_tensorflow() {
        // RFC 3720, B.4: 32 bytes of zeros have the CRC 0x8A9136AA.
        assert_eq!(masked(&[0; 32]), 0x8A91_36AAu32.rotate_right(15).wrapping_add(0xA282_EAD8));
        let mut out = Vec::new();
        varint(&mut out, 300);
        assert_eq!(out, [0xAC, 0x02]);
    }
}
