//! People and machines working together: the server, its store, its jobs and its command line.

pub mod blobs;
pub mod cli;
pub mod config;
pub mod context;
pub mod domain;
pub mod flow;
pub mod http;
pub mod jobs;
pub mod media;
pub mod store;
