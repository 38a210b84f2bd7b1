//! People and machines working together: the server, its store, its jobs and its command line.

pub mod domain;
pub mod store;
