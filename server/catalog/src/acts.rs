use crate::{Catalog, CatalogError, audit};
use rusqlite::OptionalExtension as _;

/// An act on another database, as the audit chain tells it: intended before, told after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// `migrate.apply`
    pub name: String,
    /// What it was done to.
    pub subject: String,
    /// What was intended.
    pub detail: String,
}

impl Catalog {
    /// Notes what is about to be done to something outside of the catalog.
    ///
    /// # Errors
    /// [`CatalogError`]: the act must then not start.
    pub fn intend(&mut self, act: &Act) -> Result<(), CatalogError> {
        self.note(act, "intent")
    }

    /// Notes how the act ended; `detail` says it in words.
    ///
    /// # Errors
    /// [`CatalogError`]: the act stays open until somebody looks what became of it.
    pub fn conclude(&mut self, act: &Act) -> Result<(), CatalogError> {
        self.note(act, "outcome")
    }

    /// The act on `subject` that was intended last, if nobody has told how it ended: its process was
    /// ended before it could.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn open_act(&self, subject: &str) -> Result<Option<Act>, CatalogError> {
        let sql = "SELECT action, detail FROM audit WHERE subject = ?1
                   AND (action LIKE '%.intent' OR action LIKE '%.outcome') ORDER BY seq DESC LIMIT 1";
        let read = self.db.prepare_cached(sql).and_then(|mut it| {
            it.query_row([subject], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        });
        let last: Option<(String, String)> =
            read.map_err(|source| CatalogError::new("look for an open act", source))?;
        Ok(last.and_then(|(action, detail)| {
            let name = action.strip_suffix(".intent")?.to_owned();
            Some(Act { name, subject: subject.to_owned(), detail })
        }))
    }

    fn note(&mut self, act: &Act, word: &str) -> Result<(), CatalogError> {
        let action = format!("{}.{word}", act.name);
        self.change("record an act in the catalog", |tx, author| {
            audit::append(tx, author, &action, &act.subject, &act.detail).map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use system::TestSystem;

    #[test]
    fn an_act_is_open_until_its_outcome_is_told() {
        let mut catalog = Catalog::in_memory(Arc::new(TestSystem::new()), "test").expect("memory");
        let act = |detail: &str| Act {
            name: "migrate.apply".to_owned(),
            subject: "dev.db".to_owned(),
            detail: detail.to_owned(),
        };
        assert_eq!(catalog.open_act("dev.db").expect("read"), None);
        catalog.intend(&act("0001_a")).expect("written");
        assert_eq!(catalog.open_act("dev.db").expect("read"), Some(act("0001_a")));
        assert_eq!(catalog.open_act("other.db").expect("read"), None);
        catalog.conclude(&act("applied 0001_a")).expect("written");
        assert_eq!(catalog.open_act("dev.db").expect("read"), None);
        assert_eq!(catalog.verify().expect("read"), Ok(2));
    }
}
