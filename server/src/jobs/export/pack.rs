//! Loose files of an export: in subfolders, or one after another in a `.tar` (the ustar form of POSIX.1-1988, read everywhere).

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use super::{
    JobError, Result,
    folder::{Folder, sync},
};

const BLOCK: usize = 512;

/// Where loose files go.
#[derive(Debug)]
pub(super) enum Pack {
    Loose,
    Tar { file: BufWriter<File>, name: &'static str },
}

impl Pack {
    pub fn new(folder: &Folder, pack: bool, name: &'static str) -> Result<Self> {
        Ok(if pack { Self::Tar { file: folder.file(name)?, name } } else { Self::Loose })
    }

    pub fn add(&mut self, folder: &Folder, path: &str, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Loose => folder.add(path, bytes),
            Self::Tar { file, name } => {
                let header = header(path, bytes.len() as u64)?;
                let padding = [0; BLOCK];
                let rest = bytes.len().wrapping_neg() % BLOCK;
                let write = |file: &mut BufWriter<File>| {
                    file.write_all(&header)?;
                    file.write_all(bytes)?;
                    file.write_all(&padding[..rest])
                };
                write(file).map_err(|error| JobError::File((*name).to_owned(), error))
            }
        }
    }

    pub fn finish(self) -> Result<()> {
        match self {
            Self::Loose => Ok(()),
            Self::Tar { mut file, name } => {
                file.write_all(&[0; 2 * BLOCK]).map_err(|error| JobError::File(name.to_owned(), error))?;
                sync(file, name)
            }
        }
    }
}

/// The block before a file. No time, no owner: the same files give the same bytes.
fn header(path: &str, size: u64) -> Result<[u8; BLOCK]> {
    let mut block = [0u8; BLOCK];
    // A long path is split at a slash into a prefix of 155 bytes at most and a name of 100 at most.
    let (prefix, name) = if path.len() <= 100 { ("", path) } else { path.rsplit_once('/').unwrap_or(("", path)) };
    if name.len() > 100 || prefix.len() > 155 {
        return Err(JobError::Fault(format!("the name '{name}' is too long for a .tar")));
    }
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_their_sum_and_size() {
        let block = header("masks/a.png", 1000).unwrap();
        assert_eq!(&block[..11], b"masks/a.png");
        assert_eq!(&block[124..136], b"00000001750\0");
        assert_eq!(&block[257..265], b"ustar\x0000");
        let told = u32::from_str_radix(std::str::from_utf8(&block[148..154]).unwrap(), 8).unwrap();
        let blank: u32 = block.iter().enumerate().map(|(i, &b)| if (148..156).contains(&i) { 32 } else { u32::from(b) }).sum();
        assert_eq!(told, blank);
        assert!(header(&format!("masks/{}", "x".repeat(90)), 1).is_ok());
        assert!(header(&format!("masks/{}", "x".repeat(101)), 1).is_err());
    }
}
