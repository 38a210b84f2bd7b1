//! Training whole networks, from outside: PyTorch's figures, resuming, and what is said when it can't be done.

#![allow(clippy::unwrap_used, reason = "a test that fails should stop right there")]
#![recursion_limit = "256"]

mod pytorch;
mod runs;
