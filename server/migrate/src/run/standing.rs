//! Where a database file stands: what its ledger tells, and whether the schema is as it tells.

use crate::run::error::RunError;
use crate::run::journal;
use crate::run::ledger::{Entry, Ledger, Problem, SpecRef, judge};
use crate::run::prepare::{Drift, drift, schema_of};
use crate::sqlite::{Catalog, message, open_read_only};
use std::path::Path;

/// A database file at one moment; judged against specs as often as they change.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub ledger: Ledger,
    pub schema: Catalog,
    /// What of the schema is not as the ledger tells.
    pub drift: Vec<Drift>,
}

impl Standing {
    /// Reads a file; nothing is applied where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or is no database.
    pub fn read(path: &Path) -> Result<Self, RunError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let db = open_read_only(path).map_err(|it| RunError::Open {
            path: path.display().to_string(),
            message: message(&it),
        })?;
        let (ledger, schema) = (journal::load(&db)?, schema_of(&db)?);
        // A run that was interrupted left it between two schemas, and looks itself when it goes on.
        let drift = match ledger.running() {
            Some(_) => Vec::new(),
            None => drift(&ledger, &schema).map_err(|it| RunError::Engine {
                attempt: "read the ledger's schema",
                message: it.to_string(),
            })?,
        };
        Ok(Self { ledger, schema, drift })
    }

    /// The row of the ledger by which a spec is applied now.
    #[must_use]
    pub fn applied(&self, name: &str) -> Option<&Entry> {
        self.ledger.applied().into_iter().find(|it| it.name == name)
    }

    /// What does not fit between specs, in the order of their names, and the ledger.
    #[must_use]
    pub fn problems(&self, specs: &[SpecRef<'_>]) -> Vec<Problem> {
        judge(specs, &self.ledger).0
    }
}
