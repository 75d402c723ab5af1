use crate::{Catalog, CatalogError, audit};
use std::collections::BTreeMap;

/// A resource that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRecord {
    /// Of what it was declared as.
    pub hash: String,
    /// What it was declared as, for those who tell of it: JSON without secrets, for which the caller
    /// answers. `None` where an older version took it into force.
    pub entry: Option<String>,
}

impl Catalog {
    /// Takes declared resources into force, by name. Those that are not in the list are no longer in
    /// force. Without a change nothing is written.
    ///
    /// # Errors
    /// [`CatalogError`]: what was in force still is.
    pub fn set_resources(
        &mut self,
        resources: &BTreeMap<String, ResourceRecord>,
    ) -> Result<(), CatalogError> {
        let old = self.resources()?;
        if old == *resources {
            return Ok(());
        }
        let changed: Vec<&str> = resources
            .iter()
            .filter(|(name, record)| old.get(*name) != Some(*record))
            .map(|it| it.0.as_str())
            .collect();
        let gone: Vec<&str> =
            old.keys().filter(|it| !resources.contains_key(*it)).map(String::as_str).collect();
        let mut detail = changed.join(", ");
        if !gone.is_empty() {
            detail += &format!("; no longer: {}", gone.join(", "));
        }
        self.change("take resources into force", |tx, author| {
            let seq = audit::append(tx, author, "resource.apply", "forge", &detail)?;
            for name in &gone {
                tx.prepare_cached("DELETE FROM resource WHERE name = ?1")?.execute([name])?;
            }
            for name in &changed {
                let it = &resources[*name];
                tx.prepare_cached(
                    "INSERT INTO resource (name, hash, entry, audit_seq) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, entry = excluded.entry,
                         audit_seq = excluded.audit_seq",
                )?
                .execute((name, &it.hash, &it.entry, seq))?;
            }
            Ok(())
        })
    }

    /// The resources in force, by name.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn resources(&self) -> Result<BTreeMap<String, ResourceRecord>, CatalogError> {
        let read = || {
            let mut statement = self.db.prepare_cached("SELECT name, hash, entry FROM resource")?;
            let rows = statement.query_map((), |row| {
                Ok((row.get(0)?, ResourceRecord { hash: row.get(1)?, entry: row.get(2)? }))
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the resources in force", source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use system::TestSystem;

    #[test]
    fn resources_are_in_force_until_they_are_taken_out() {
        let mut catalog = Catalog::in_memory(Arc::new(TestSystem::new()), "test").expect("memory");
        let set = |all: &[(&str, &str)]| -> BTreeMap<String, ResourceRecord> {
            let record =
                |hash: &str| ResourceRecord { hash: hash.to_owned(), entry: Some("{}".to_owned()) };
            all.iter().map(|(name, hash)| ((*name).to_owned(), record(hash))).collect()
        };
        let first = set(&[("storage/avatars", "a"), ("auth/providers/google", "b")]);
        catalog.set_resources(&first).expect("written");
        assert_eq!(catalog.resources().expect("read"), first);
        catalog.set_resources(&first).expect("nothing to write");
        assert_eq!(catalog.verify().expect("read"), Ok(1), "the same again is no change");
        let second = set(&[("storage/avatars", "c")]);
        catalog.set_resources(&second).expect("written");
        assert_eq!(catalog.resources().expect("read"), second);
        assert_eq!(catalog.verify().expect("read"), Ok(2));
    }
}
