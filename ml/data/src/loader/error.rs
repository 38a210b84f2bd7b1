//! Why a loader can't be made, or a batch can't be had.

/// Why a loader can't be made.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    #[error("a batch needs at least one item")]
    BatchSize,
    #[error("there is no shard {index} among {count}; they are numbered from 0")]
    Shard { index: usize, count: usize },
    #[error("{threads} threads are too many; at most {most} are started")]
    Threads { threads: usize, most: usize },
    #[error("threads can't be started: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
}

/// Why a batch can't be had. The epoch ends with it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError<E: std::error::Error + 'static> {
    #[error("item {index} can't be loaded in epoch {epoch}: {source}")]
    Item { epoch: u64, index: usize, source: E },
    #[error("a thread that loads items could not be started: {0}")]
    Thread(std::io::Error),
    #[error("a thread that loads items stopped with a defect while it made batch {number}; please report this")]
    Panicked { number: usize },
}
