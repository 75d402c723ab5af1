//! Decides which objects are made, dropped, changed in place, or dropped and made again.

use super::catalog::{Body, Catalog, ConstraintKind, Key, Kind, Object};
use crate::plan::{ObjectId, Reason};
use std::collections::BTreeSet;

/// What happens to each object that differs, and to those that stand in the way.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) drop: BTreeSet<Key>,
    pub(super) create: BTreeSet<Key>,
    /// In both, and changed without being dropped.
    pub(super) alter: BTreeSet<Key>,
    /// Types that are made anew under the columns that have them.
    pub(super) swap: BTreeSet<Key>,
    /// Columns whose type changes; also in `alter`.
    pub(super) retyped: BTreeSet<Key>,
    pub(super) refused: Vec<Reason>,
}

impl Changes {
    pub(super) fn between(from: &Catalog, to: &Catalog) -> Self {
        let mut it = Self::default();
        for unplanned in from.unplanned.symmetric_difference(&to.unplanned) {
            it.refuse(
                None,
                format!("plans do not cover it, and only one side has it: {unplanned}"),
            );
        }
        for (key, old) in &from.objects {
            match to.objects.get(key) {
                None => it.drop_missing(key, from, to),
                Some(new) if !old.is_same(new) => it.change(key, old, new, from),
                Some(_) => {}
            }
        }
        for (key, object) in &to.objects {
            let is_inherited = matches!(&object.body, Body::Column(it) if it.is_inherited);
            let gets_table = !from.objects.contains_key(&key.table());
            if !from.objects.contains_key(key) && (!is_inherited || gets_table) {
                it.create.insert(key.clone());
            }
        }
        it.spread(from, to);
        it
    }

    /// What it takes to make a type anew under everything that has it; nothing else changes.
    pub(super) fn swapping(key: &Key, catalog: &Catalog) -> Self {
        let mut it = Self { swap: BTreeSet::from([key.clone()]), ..Self::default() };
        it.spread(catalog, catalog);
        it
    }

    fn refuse(&mut self, object: Option<ObjectId>, why: String) {
        self.refused.push(Reason { object, why });
    }

    fn drop_missing(&mut self, key: &Key, from: &Catalog, to: &Catalog) {
        if key.kind == Kind::Schema && key.name == "public" {
            return self.refuse(
                None,
                "drop the schema `public`: nothing could be made in it again".into(),
            );
        }
        let object = &from.objects[key];
        let is_inherited = matches!(&object.body, Body::Column(it) if it.is_inherited);
        if !(is_inherited && to.objects.contains_key(&key.table())) {
            self.drop.insert(key.clone());
        }
    }

    fn replace(&mut self, key: &Key) {
        self.drop.insert(key.clone());
        self.create.insert(key.clone());
    }

    fn alter_or_replace(&mut self, key: &Key, in_place: bool) {
        if in_place {
            self.alter.insert(key.clone());
        } else {
            self.replace(key);
        }
    }

    fn change(&mut self, key: &Key, old: &Object, new: &Object, from: &Catalog) {
        if old.body == new.body {
            self.alter.insert(key.clone());
            return;
        }
        match (&old.body, &new.body) {
            (Body::Enum(old), Body::Enum(new)) if is_subsequence(old, new) => {
                self.alter.insert(key.clone());
            }
            (Body::Domain(old), Body::Domain(new))
                if old.base == new.base && old.collation == new.collation =>
            {
                self.alter.insert(key.clone());
            }
            (Body::Composite(old), Body::Composite(new)) if is_appended(old, new) => {
                self.alter.insert(key.clone());
            }
            (Body::Composite(_), _) if is_stored(from, key) => self.refuse(
                Some(key.object(None)),
                format!("the attributes of {key} change under columns that store them: there is no conversion"),
            ),
            _ if key.kind == Kind::Type => {
                if is_stored(from, key) {
                    self.swap.insert(key.clone());
                } else {
                    self.replace(key);
                }
            }
            (Body::Table(was), Body::Table(is)) => {
                if was.partition_key != is.partition_key {
                    self.refuse(
                        Some(key.object(None)),
                        format!("{key} changes how it is partitioned: PostgreSQL cannot do that to a table in place"),
                    );
                }
                self.alter.insert(key.clone());
            }
            (Body::Column(was), Body::Column(is)) => {
                let same_generation = was.generated == is.generated
                    || (is.generated.is_none() && was.generated.as_ref().is_some_and(|it| it.1 == "STORED"));
                let is_computed = was.generated.is_some() && is.generated.is_some();
                if !same_generation || (is_computed && was.kind != is.kind) {
                    return self.replace(key);
                }
                self.alter.insert(key.clone());
                if was.kind != is.kind || was.collation != is.collation {
                    self.retyped.insert(key.clone());
                }
            }
            (Body::Constraint(was), Body::Constraint(is)) => {
                let mut proven = was.clone();
                proven.is_validated = true;
                self.alter_or_replace(key, proven == *is);
            }
            (Body::Index(was), Body::Index(is)) => {
                let mut clustered = was.clone();
                clustered.is_clustered = is.is_clustered;
                self.alter_or_replace(key, clustered == *is);
            }
            (Body::View(was), Body::View(is)) => {
                let in_place = if was.is_materialized || is.is_materialized {
                    was.query == is.query && was.is_materialized == is.is_materialized && was.columns == is.columns
                } else {
                    was.columns == is.columns
                };
                self.alter_or_replace(key, in_place);
            }
            (Body::Routine(was), Body::Routine(is)) => {
                let in_place = was.signature == is.signature && is.word != "AGGREGATE";
                self.alter_or_replace(key, in_place);
            }
            (Body::Opaque(_), _) => self.replace(key),
            _ => {
                self.alter.insert(key.clone());
            }
        }
    }

    /// Follows each change to what cannot stay as it is meanwhile.
    fn spread(&mut self, from: &Catalog, to: &Catalog) {
        loop {
            let before = (self.drop.len(), self.swap.len(), self.retyped.len());
            for (key, object) in &from.objects {
                if self.drop.contains(key) {
                    continue;
                }
                for need in &object.needs {
                    self.follow(key, object, need, to);
                }
            }
            if before == (self.drop.len(), self.swap.len(), self.retyped.len()) {
                break;
            }
        }
        // What is dropped and made again is no longer changed in place.
        self.alter.retain(|it| !self.drop.contains(it) && !self.create.contains(it));
        self.retyped.retain(|it| !self.drop.contains(it));
        for key in self.drop.iter().filter(|it| to.objects.contains_key(*it)) {
            self.create.insert(key.clone());
        }
    }

    fn follow(&mut self, key: &Key, object: &Object, need: &Key, to: &Catalog) {
        let stays = matches!(
            key.kind,
            Kind::Table | Kind::Column | Kind::Schema | Kind::Sequence | Kind::Extension
        );
        let is_generated = matches!(&object.body, Body::Column(it) if it.generated.is_some());
        if self.drop.contains(need) && (!stays || is_generated) {
            self.drop.insert(key.clone());
        } else if self.swap.contains(need) {
            match (&object.body, to.objects.get(key)) {
                (Body::Column(column), Some(_)) if column.generated.is_none() => {
                    self.alter.insert(key.clone());
                    self.retyped.insert(key.clone());
                }
                (Body::Domain(_) | Body::Composite(_), Some(_)) => {
                    self.swap.insert(key.clone());
                }
                (Body::Table(_), _) => {}
                _ => {
                    self.drop.insert(key.clone());
                }
            }
        } else if self.retyped.contains(need) {
            let goes = match &object.body {
                Body::Constraint(it) => it.kind == ConstraintKind::Foreign && self.is_torn(it, key),
                Body::Index(_) | Body::Table(_) => false,
                Body::Opaque(_) => key.kind != Kind::Statistics,
                Body::Column(_) => is_generated,
                _ => true,
            };
            if goes {
                self.drop.insert(key.clone());
            }
        }
    }

    /// Whether both ends of a foreign key change their type, so that neither can go first.
    fn is_torn(&self, constraint: &super::catalog::Constraint, key: &Key) -> bool {
        let Some((target, columns)) = &constraint.target else { return false };
        let retyped = |table: &Key, columns: &[String]| {
            let column = |it: &String| Key::new(Kind::Column, &table.schema, &table.name, it);
            columns.iter().any(|it| self.retyped.contains(&column(it)))
        };
        retyped(&key.table(), &constraint.columns) && retyped(target, columns)
    }
}

/// Whether `new` only adds to `old`.
fn is_subsequence(old: &[String], new: &[String]) -> bool {
    let mut new = new.iter();
    old.iter().all(|label| new.any(|it| it == label))
}

/// Whether `new` is what is left of `old` with more behind it.
fn is_appended(old: &[(String, String)], new: &[(String, String)]) -> bool {
    let n_kept = new.iter().take_while(|it| old.contains(it)).count();
    let kept: Vec<_> = old.iter().filter(|it| new.contains(it)).collect();
    let names: BTreeSet<&String> = old.iter().map(|it| &it.0).collect();
    kept.len() == n_kept
        && kept.into_iter().eq(new[..n_kept].iter())
        && new[n_kept..].iter().all(|it| !names.contains(&it.0))
}

/// Whether some column, through arrays, domains and composites, has the type.
fn is_stored(catalog: &Catalog, key: &Key) -> bool {
    catalog.objects.iter().any(|(user, object)| {
        object.needs.contains(key)
            && match user.kind {
                Kind::Column => true,
                Kind::Type => is_stored(catalog, user),
                _ => false,
            }
    })
}
