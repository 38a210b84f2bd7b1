//! The API from outside: real servers, both databases, real files.

mod around;
mod bad_input;
mod drafts;
mod guard;
mod invocations;
mod labels;
mod live;
mod matrix;
mod people;
mod queue;
mod session;
mod tokens;
mod trouble;
