use crate::{Catalog, CatalogError, audit};
use model::RelPath;

/// A rule's level that holds in this workspace on this machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetting {
    pub rule: String,
    /// `None` for the whole workspace.
    pub path: Option<RelPath>,
    /// `off`, `on` or a severity.
    pub level: String,
}

impl Catalog {
    /// Sets a rule's level, or forgets it with `None`.
    ///
    /// # Errors
    /// [`CatalogError::Sqlite`] when `level` is no word of the settings; else as for every change.
    pub fn set_rule(
        &mut self,
        rule: &str,
        path: Option<&RelPath>,
        level: Option<&str>,
    ) -> Result<(), CatalogError> {
        self.change("set a rule's level in the catalog", |tx, author| {
            let path = path.map_or("", RelPath::as_str);
            let subject = if path.is_empty() { rule.to_owned() } else { format!("{rule} {path}") };
            let detail = level.unwrap_or("default");
            let seq = audit::append(tx, author, "rule.set", &subject, detail)?;
            match level {
                Some(level) => tx
                    .prepare_cached(
                        "INSERT INTO rule_setting (rule, path, level, audit_seq)
                         VALUES (?1, ?2, ?3, ?4)
                         ON CONFLICT (rule, path) DO UPDATE
                         SET level = excluded.level, audit_seq = excluded.audit_seq",
                    )?
                    .execute((rule, path, level, seq))?,
                None => tx
                    .prepare_cached("DELETE FROM rule_setting WHERE rule = ?1 AND path = ?2")?
                    .execute((rule, path))?,
            };
            Ok(())
        })
    }

    /// All levels, by rule and path.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn rules(&self) -> Result<Vec<RuleSetting>, CatalogError> {
        let read = || {
            let sql = "SELECT rule, path, level FROM rule_setting ORDER BY rule, path";
            let mut statement = self.db.prepare_cached(sql)?;
            let rows = statement.query_map((), |row| {
                let path: String = row.get(1)?;
                Ok(RuleSetting { rule: row.get(0)?, path: RelPath::new(&path), level: row.get(2)? })
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the rules' levels", source))
    }
}
