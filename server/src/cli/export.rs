//! `labelwright export`: a project's labels as files.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::{find, formats};
use crate::{
    config::Config,
    context::Context,
    jobs::{
        Progress,
        export::{Options, write},
    },
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write; it must not exist yet, or be empty
    dir: PathBuf,
    /// Name or id of the project
    #[arg(long)]
    project: String,
    /// A format that 'labelwright formats' lists; recordio-seg has pictures and masks with the same ids
    #[arg(long, default_value = "recordio-seg")]
    format: String,
    /// Leave out machine labels that are not committed
    #[arg(long)]
    committed_only: bool,
    /// Record files for each subset (seg_image_train.rec, seg_image_validation.rec) instead of all in one
    #[arg(long)]
    split: bool,
    /// An option of the format, such as multi_hot=false
    #[arg(long, value_name = "NAME=VALUE")]
    option: Vec<String>,
    /// Replace what is in the folder
    #[arg(long)]
    replace: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<ExitCode> {
    let ctx = Context::open(config).await?;
    let project = find::project(&ctx, &args.project).await?;
    let project = project.with_context(|| format!("there is no project '{}'; nothing was written", args.project))?;
    let bar = ProgressBar::new(1000);
    bar.set_style(ProgressStyle::with_template("{bar:40} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = bar.clone();
    let progress = Progress::observed(move |share, message| {
        shown.set_position((share * 1000.0) as u64);
        shown.set_message(message.to_owned());
    });
    let mut form = formats::options(&args.option)?;
    if args.split {
        form["split"] = true.into();
    }
    let options = Options { include_provisional: !args.committed_only, form, replace: args.replace, ..Options::new(&args.format) };
    let report = write(&ctx, &project, &options, &args.dir, &progress).await?;
    bar.finish_and_clear();
    for file in &report.files {
        println!("{:>14}  {}", file.bytes, file.name);
    }
    for folder in &report.folders {
        println!("{:>14}  {}/ ({} files)", folder.bytes, folder.name, folder.files);
    }
    for line in formats::losses_in_words(&report.losses) {
        println!("{line}");
    }
    for reason in &report.refused {
        println!("left out   {reason}");
    }
    println!("{} images written to {}", report.images, args.dir.display());
    ctx.db.close().await;
    Ok(ExitCode::SUCCESS)
}
