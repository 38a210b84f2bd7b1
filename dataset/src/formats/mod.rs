//! The files a dataset is read from and written to; one module a format.
