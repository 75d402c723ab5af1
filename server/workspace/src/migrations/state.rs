//! A schema at one point of a set, with what engines hold for it, made when first asked for.

use migrate::plan::Dialect;
use migrate::policy;
use migrate::postgres::described::{Described, describe};
use migrate::schema::Schema;
use migrate::sqlite::{self, Catalog};
use std::fmt::Display;
use std::ops::Deref;
use std::sync::OnceLock;

/// A schema; reads as one.
#[derive(Debug, Default)]
pub struct State {
    schema: Schema,
    sqlite: OnceLock<Result<Catalog, String>>,
    postgres: OnceLock<Result<Described, String>>,
}

impl State {
    pub(super) fn new(schema: Schema) -> Self {
        Self { schema, ..Self::default() }
    }

    /// What an in-memory SQLite holds for it; the message when the engine refuses its DDL.
    pub(super) fn sqlite(&self) -> Result<&Catalog, String> {
        let made = self.sqlite.get_or_init(|| {
            let script = policy::script(&self.schema, Dialect::Sqlite).map_err(|it| joined(&it))?;
            sqlite::catalog_of_sql(&script.sql()).map_err(|it| crate::error_chain(&it))
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// What a PostgreSQL server would hold for it; none is asked.
    pub(super) fn postgres(&self) -> Result<&Described, String> {
        let made = self.postgres.get_or_init(|| describe(&self.schema).map_err(|it| joined(&it)));
        made.as_ref().map_err(Clone::clone)
    }
}

impl Deref for State {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        &self.schema
    }
}

fn joined<T: Display>(errors: &[T]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
