//! A proof over parts of a schema, which says the same as one over all of it.
//!
//! SQLite looks through its whole schema at each statement that makes something, so that a long plan
//! costs the square of its length. A plan that only makes and drops is cut into parts that share no
//! object: such a statement looks at the object itself and nothing else. For any other plan there is
//! one part: what its steps name, what would be looked at with that, and what does not work already,
//! which `ALTER TABLE` trips over. The rest names nothing of it, works, and stays as it is.
//!
//! A part that fails is no verdict: the whole is run then.

use crate::plan::{Back, Change, ObjectId, Part as Kind, Step, Transaction};
use crate::sqlite::catalog::{Catalog, Table, Trigger, View};
use crate::sqlite::memo::Memo;
use crate::sqlite::parallel;
use crate::sqlite::proof::Trial;
use crate::sqlite::shadow::ddl;
use crate::sqlite::text;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many steps a part has on average.
const STEPS: usize = 40;

/// Objects by the table or view that they hang on, in lower case.
type Owner = String;

/// Some of the objects with the steps that are about them.
struct Part {
    owners: FxHashSet<Owner>,
    start: Catalog,
    wanted: Option<Catalog>,
    /// Indexes of steps, rising.
    steps: Vec<usize>,
}

impl Trial<'_> {
    /// What the plan ends in, when every part of it is proven; `None` says nothing.
    pub(in crate::sqlite) fn in_parts(&self) -> Option<Catalog> {
        self.in_so_many_parts((self.steps.len() / STEPS).next_power_of_two())
    }

    /// The same with `n_parts` for a plan that only makes and drops.
    pub(in crate::sqlite) fn in_so_many_parts(&self, n_parts: usize) -> Option<Catalog> {
        let is_raw = |it: &Change| matches!(it, Change::Raw(_));
        let has_opaque = |it: &Catalog| !it.opaque.is_empty();
        let knows_all = !has_opaque(self.start) && !self.wanted.is_some_and(has_opaque);
        if !knows_all || self.steps.iter().flat_map(|it| &it.changes).any(is_raw) {
            return None;
        }
        let parts = self.apart(n_parts).or_else(|| self.around())?;
        let is_rest = |owner: &str| !parts.iter().any(|it| it.owners.contains(owner));
        let rest = only(self.start, &is_rest);
        if self.wanted.is_some_and(|it| only(it, &is_rest) != rest) {
            return None;
        }
        let reached = parallel::map(&parts, |it| self.proven(it));
        let mut all = rest;
        for it in reached {
            let it = it?;
            all.tables.extend(it.tables.iter().cloned());
            all.views.extend(it.views.iter().cloned());
            all.triggers.extend(it.triggers.iter().cloned());
        }
        self.sort(&mut all);
        Some(all)
    }

    /// What a part ends in; remembered, since the next keystroke changes few of them.
    fn proven(&self, part: &Part) -> Option<Arc<Catalog>> {
        const N_PARTS: usize = 1 << 10;
        static KNOWN: Memo<[u8; 32], Arc<Catalog>> = Memo::new(N_PARTS);
        let steps: Vec<Step> = part.steps.iter().map(|it| self.steps[*it].clone()).collect();
        let own = Trial {
            start: &part.start,
            probed: None,
            wanted: part.wanted.as_ref(),
            steps: &steps,
            ..*self
        };
        KNOWN.get(own.fingerprint(), |_| own.whole().map(Arc::new)).ok()
    }

    /// Of everything that the outcome depends on.
    fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let mut add = |it: &str| {
            hasher.update(&(it.len() as u64).to_be_bytes());
            hasher.update(it.as_bytes());
        };
        add(&format!("{:?} {:?} {}", self.engine, self.own, self.wanted.is_some()));
        add(&ddl(self.start));
        add(&self.wanted.map(ddl).unwrap_or_default());
        for it in self.steps {
            let is_definition = !it.changes.is_empty();
            let writes = it.changes.iter().any(|it| matches!(it, Change::WriteRows(_)));
            add(&format!("{:?} {is_definition} {writes} {:?}", it.transaction, it.back));
            add(&it.sql);
        }
        *hasher.finalize().as_bytes()
    }

    /// The parts of a plan that only makes and drops, in one transaction.
    fn apart(&self, n_parts: usize) -> Option<Vec<Part>> {
        let first = self.steps.first()?.transaction;
        let mut steps: FxHashMap<Owner, Vec<usize>> = FxHashMap::default();
        for (index, step) in self.steps.iter().enumerate() {
            let [Change::Create(object) | Change::Drop(object)] = step.changes.as_slice() else {
                return None;
            };
            if first == Transaction::Outside || step.transaction != first {
                return None;
            }
            steps.entry(owner(object)?).or_default().push(index);
        }
        if self.shares_a_name() {
            return None;
        }
        let mut groups: Vec<(FxHashSet<Owner>, Vec<usize>)> = vec![Default::default(); n_parts];
        for (owner, steps) in steps {
            // By its name and not by its place, so that a new table leaves the others where they are.
            let group = &mut groups[parallel::bucket(&owner, n_parts)];
            group.1.extend(steps);
            group.0.insert(owner);
        }
        groups.retain(|it| !it.1.is_empty());
        let parts = groups.into_iter().map(|(owners, mut steps)| {
            steps.sort_unstable();
            self.part(owners, steps)
        });
        Some(parts.collect())
    }

    /// Whether two owners have something of the same name, before, after or meanwhile.
    fn shares_a_name(&self) -> bool {
        let mut owners: FxHashMap<String, Owner> = FxHashMap::default();
        let mut shared = false;
        for catalog in std::iter::once(self.start).chain(self.wanted) {
            each_name(catalog, &mut |name, owner| {
                let (name, owner) = (lower(name), lower(owner));
                shared |= owners.insert(name, owner.clone()).is_some_and(|it| it != owner);
            });
        }
        shared
    }

    /// The one part of any other plan.
    fn around(&self) -> Option<Vec<Part>> {
        // What does not work must be known.
        let probed = self.probed?;
        let catalogs = || [probed].into_iter().chain(self.wanted);
        let mut near: FxHashSet<Owner> = self.named(&mut catalogs());
        loop {
            let n_before = near.len();
            for catalog in catalogs() {
                let names = |mentions: &BTreeSet<String>, broken: bool, near: &FxHashSet<Owner>| {
                    broken || mentions.iter().any(|it| near.contains(it))
                };
                for it in &catalog.views {
                    if names(&it.mentions.0, it.broken.0.is_some(), &near) {
                        near.insert(lower(&it.name));
                    }
                }
                for it in &catalog.triggers {
                    if names(&it.mentions.0, it.broken.0.is_some(), &near) {
                        near.insert(lower(&it.table));
                    }
                }
            }
            if near.len() == n_before {
                break;
            }
        }
        // A rename is carried into the keys of other tables.
        let refers = |it: &&Table| it.foreign_keys.iter().any(|it| near.contains(&it.table));
        let children = catalogs().flat_map(|it| it.tables.iter().filter(refers));
        let children: Vec<Owner> = children.map(|it| lower(&it.name)).collect();
        near.extend(children);
        for catalog in catalogs() {
            add_needed(catalog, &mut near);
        }
        Some(vec![self.part(near, (0..self.steps.len()).collect())])
    }

    /// The owners of what the steps name.
    fn named(&self, catalogs: &mut dyn Iterator<Item = &Catalog>) -> FxHashSet<Owner> {
        let mut owners: FxHashMap<String, Vec<Owner>> = FxHashMap::default();
        for catalog in catalogs {
            each_name(catalog, &mut |name, owner| {
                owners.entry(lower(name)).or_default().push(lower(owner));
            });
        }
        let mut out = FxHashSet::default();
        for step in self.steps {
            let back = match &step.back {
                Back::Exact(sql) | Back::Lossy { sql, .. } => sql.as_str(),
                Back::None { .. } | Back::NotNeeded => "",
            };
            for name in [step.sql.as_str(), back].into_iter().flat_map(text::mentions) {
                out.extend(owners.get(&name).into_iter().flatten().cloned());
            }
        }
        out
    }

    fn part(&self, owners: FxHashSet<Owner>, steps: Vec<usize>) -> Part {
        let is_own = |owner: &str| owners.contains(owner);
        let start = only(self.start, &is_own);
        let wanted = self.wanted.map(|it| only(it, &is_own));
        Part { owners, start, wanted, steps }
    }

    /// Puts objects in the order in which the engine would have them: those that stay, then those
    /// that were made.
    fn sort(&self, all: &mut Catalog) {
        let mut made: FxHashMap<(u8, &str), usize> = FxHashMap::default();
        for (index, step) in self.steps.iter().enumerate() {
            for it in &step.changes {
                let Change::Create(object) = it else { continue };
                let key = match &object.part {
                    Kind::Table => (0, object.table.as_str()),
                    Kind::View(name) => (1, name.as_str()),
                    Kind::Trigger(name) => (2, name.as_str()),
                    _ => continue,
                };
                made.insert(key, index);
            }
        }
        fn places<'a>(names: impl Iterator<Item = &'a String>) -> FxHashMap<&'a str, usize> {
            names.enumerate().map(|(index, name)| (name.as_str(), index)).collect()
        }
        let place = |old: &FxHashMap<&str, usize>, kind, name: &str| match made.get(&(kind, name)) {
            Some(index) => (1, *index),
            None => old.get(name).map_or((1, usize::MAX), |it| (0, *it)),
        };
        let old = places(self.start.tables.iter().map(|it| &it.name));
        all.tables.sort_by_key(|it| place(&old, 0, &it.name));
        let old = places(self.start.views.iter().map(|it| &it.name));
        all.views.sort_by_key(|it| place(&old, 1, &it.name));
        let old = places(self.start.triggers.iter().map(|it| &it.name));
        all.triggers.sort_by_key(|it| place(&old, 2, &it.name));
    }
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// What an object that a step makes or drops hangs on; `None` for a part of a table's definition.
fn owner(object: &ObjectId) -> Option<Owner> {
    match &object.part {
        Kind::Table | Kind::Index(_) | Kind::Trigger(_) => Some(lower(&object.table)),
        Kind::View(name) => Some(lower(name)),
        _ => None,
    }
}

/// Tells every name with the name of its owner.
fn each_name<'a>(catalog: &'a Catalog, tell: &mut dyn FnMut(&'a str, &'a str)) {
    for table in &catalog.tables {
        tell(&table.name, &table.name);
        table.indexes.iter().for_each(|it| tell(&it.name, &table.name));
    }
    catalog.views.iter().for_each(|it| tell(&it.name, &it.name));
    catalog.triggers.iter().for_each(|it| tell(&it.name, &it.table));
}

/// The objects of some owners, in their order.
fn only(catalog: &Catalog, is_wanted: &dyn Fn(&str) -> bool) -> Catalog {
    let is_wanted = |owner: &str| is_wanted(&lower(owner));
    let tables = catalog.tables.iter().filter(|it| is_wanted(&it.name));
    let views = catalog.views.iter().filter(|it| is_wanted(&it.name));
    let triggers = catalog.triggers.iter().filter(|it| is_wanted(&it.table));
    Catalog {
        tables: tables.cloned().collect(),
        views: views.cloned().collect(),
        triggers: triggers.cloned().collect(),
        opaque: Vec::new(),
    }
}

/// Adds what views, triggers and foreign keys of `owners` name, and what that names.
fn add_needed(catalog: &Catalog, owners: &mut FxHashSet<Owner>) {
    let views: FxHashMap<Owner, &View> =
        catalog.views.iter().map(|it| (lower(&it.name), it)).collect();
    let tables: FxHashMap<Owner, &Table> =
        catalog.tables.iter().map(|it| (lower(&it.name), it)).collect();
    let mut triggers: FxHashMap<Owner, Vec<&Trigger>> = FxHashMap::default();
    for it in &catalog.triggers {
        triggers.entry(lower(&it.table)).or_default().push(it);
    }
    let mut open: Vec<Owner> = owners.iter().cloned().collect();
    while let Some(owner) = open.pop() {
        let of_view = views.get(&owner).into_iter().flat_map(|it| &it.mentions.0);
        let of_triggers = triggers.get(&owner).into_iter().flatten().flat_map(|it| &it.mentions.0);
        let of_keys = tables.get(&owner).into_iter().flat_map(|it| &it.foreign_keys);
        for name in of_view.chain(of_triggers).chain(of_keys.map(|it| &it.table)) {
            let exists = tables.contains_key(name) || views.contains_key(name);
            if exists && owners.insert(name.clone()) {
                open.push(name.clone());
            }
        }
    }
}
