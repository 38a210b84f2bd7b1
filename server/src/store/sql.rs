//! Statements by name. Each module of the store lists its own; `store::statements` chains them, and tests prepare every one on both databases.

use super::db::Dialect;

/// One statement: the same text for both databases, or one text each.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Sql {
    #[must_use]
    pub const fn on(self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Names statements and lists them all in `STATEMENTS`. `{pg: "…"}` is text for PostgreSQL alone, `{lite: "…"}` for SQLite alone.
#[macro_export]
macro_rules! statements {
    (@sqlite {pg: $t:literal}) => { "" };
    (@sqlite {lite: $t:literal}) => { $t };
    (@sqlite $t:literal) => { $t };
    (@postgres {pg: $t:literal}) => { $t };
    (@postgres {lite: $t:literal}) => { "" };
    (@postgres $t:literal) => { $t };
    ($($(#[$m:meta])* $name:ident = [$($part:tt)+];)+) => {
        $($(#[$m])* const $name: $crate::store::sql::Sql = $crate::store::sql::Sql {
            sqlite: concat!($($crate::statements!(@sqlite $part)),+),
            postgres: concat!($($crate::statements!(@postgres $part)),+),
        };)+
        /// Every statement of this module.
        pub const STATEMENTS: &[(&str, $crate::store::sql::Sql)] = &[$((stringify!($name), $name)),+];
    };
}
