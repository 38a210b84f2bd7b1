//! What the two databases must agree on, and what no statement may do. Checked without a query macro, on real databases.

mod guards;
