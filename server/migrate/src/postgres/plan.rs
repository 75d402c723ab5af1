//! Makes a plan from one catalog to another.

use super::catalog::{Body, Catalog, Key, Kind};
use super::change::Changes;
use super::draft::{Draft, Place};
use super::order::order;
use crate::plan::{Back, Dialect, Plan, Reason, Refusal, Step, Transaction};
use std::collections::{BTreeMap, BTreeSet};

/// Steps that turn a database that holds `from` into one that holds `to`.
///
/// Nothing is taken for a rename. The plan is not proven; see [`super::prove`], which also renames.
///
/// # Errors
/// Every object that cannot be brought from one to the other, with why.
pub fn plan(from: &Catalog, to: &Catalog) -> Result<Plan, Refusal> {
    let changes = Changes::between(from, to);
    if !changes.refused.is_empty() {
        return Err(Refusal { reasons: changes.refused });
    }
    let mut builder = Builder {
        from,
        to,
        changes: &changes,
        nodes: Vec::new(),
        edges: BTreeSet::new(),
        made: BTreeMap::new(),
        gone: BTreeMap::new(),
        altered: BTreeMap::new(),
    };
    builder.add_drops();
    builder.add_alters();
    builder.add_creates();
    builder.add_edges();
    builder.assemble()
}

pub(super) const RANK_DROP: u8 = 10;
pub(super) const RANK_ALTER: u8 = 40;
pub(super) const RANK_CREATE: u8 = 60;
pub(super) const RANK_LAST: u8 = 90;

/// Steps that stay together, with where they may go.
pub(super) struct Node {
    place: Place,
    rank: u8,
    drafts: Vec<Draft>,
}

/// Collects steps and what must come before what.
pub(super) struct Builder<'a> {
    pub(super) from: &'a Catalog,
    pub(super) to: &'a Catalog,
    pub(super) changes: &'a Changes,
    nodes: Vec<Node>,
    edges: BTreeSet<(usize, usize)>,
    /// Object to the steps after which it is there.
    pub(super) made: BTreeMap<Key, Vec<usize>>,
    /// Object to the step after which it is gone.
    pub(super) gone: BTreeMap<Key, usize>,
    /// Object to the steps that change it.
    pub(super) altered: BTreeMap<Key, Vec<usize>>,
}

impl Builder<'_> {
    pub(super) fn node(&mut self, place: Place, rank: u8, drafts: Vec<Draft>) -> usize {
        self.nodes.push(Node { place, rank, drafts });
        self.nodes.len() - 1
    }

    pub(super) fn edge(&mut self, first: usize, second: usize) {
        if first != second {
            self.edges.insert((first, second));
        }
    }

    /// Whether a table was there before, and may have rows.
    pub(super) fn has_rows(&self, table: &Key) -> bool {
        self.from.get(table).is_some_and(|_| !self.changes.create.contains(table))
    }

    fn add_edges(&mut self) {
        let (from, to) = (self.from, self.to);
        for (key, node) in self.gone.clone() {
            for need in &from.objects[&key].needs {
                let later: Vec<usize> = self
                    .gone
                    .get(need)
                    .into_iter()
                    .chain(self.altered.get(need).into_iter().flatten())
                    .copied()
                    .collect();
                later.into_iter().for_each(|it| self.edge(node, it));
            }
            for it in self.made.get(&key).cloned().unwrap_or_default() {
                self.edge(node, it);
            }
        }
        for (key, nodes) in self.altered.clone() {
            for need in from.objects.get(&key).into_iter().flat_map(|it| &it.needs) {
                let before = self.altered.get(need).cloned().unwrap_or_default();
                let gone = self.gone.get(need).copied();
                for &node in &nodes {
                    before.iter().for_each(|it| self.edge(*it, node));
                    gone.into_iter().for_each(|it| self.edge(node, it));
                }
            }
            for need in to.objects.get(&key).into_iter().flat_map(|it| &it.needs) {
                for it in self.made.get(need).cloned().unwrap_or_default() {
                    nodes.iter().for_each(|node| self.edge(it, *node));
                }
            }
        }
        for (key, nodes) in self.made.clone() {
            for need in &to.objects[&key].needs {
                let waits = self.waits_for_proofs(&key);
                let made = self.made.get(need).into_iter().flatten();
                let altered = self.altered.get(need).into_iter().flatten();
                let altered = altered.filter(|it| waits || self.nodes[**it].place < Place::Late);
                let before: Vec<usize> = made.chain(altered).copied().collect();
                for first in before {
                    nodes.iter().for_each(|node| self.edge(first, *node));
                }
            }
        }
        self.add_name_edges();
        self.add_heir_edges();
    }

    /// A table that inherits is made after its parents have their columns, and dropped before they
    /// lose some.
    fn add_heir_edges(&mut self) {
        let mut edges = Vec::new();
        for (key, child) in &self.gone {
            let Some(table) = self.from.table(key).filter(|_| key.kind == Kind::Table) else {
                continue;
            };
            let parts = self.gone.iter().filter(|it| table.parents.contains(&it.0.qualified()));
            edges.extend(parts.map(|it| (*child, *it.1)));
            edges.extend(self.altered_parts(table).map(|it| (*child, it)));
        }
        for (key, children) in &self.made {
            let Some(table) = self.to.table(key).filter(|_| key.kind == Kind::Table) else {
                continue;
            };
            let kinds = [Kind::Column, Kind::Default];
            let parts = self.made.iter().filter(|it| {
                kinds.contains(&it.0.kind) && table.parents.contains(&it.0.qualified())
            });
            let parts = parts.flat_map(|it| it.1.clone()).chain(self.altered_parts(table));
            edges.extend(parts.flat_map(|it| children.iter().map(move |child| (it, *child))));
        }
        edges.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    fn altered_parts(&self, table: &super::catalog::Table) -> impl Iterator<Item = usize> {
        let columns = self
            .altered
            .iter()
            .filter(|it| it.0.kind == Kind::Column && table.parents.contains(&it.0.qualified()));
        let nodes: Vec<usize> = columns
            .flat_map(|it| it.1.clone())
            .filter(|it| self.nodes[*it].place == Place::Main)
            .collect();
        nodes.into_iter()
    }

    /// A primary key takes columns that are NOT NULL already.
    fn waits_for_proofs(&self, key: &Key) -> bool {
        use super::catalog::ConstraintKind::Primary;
        matches!(&self.to.objects[key].body, Body::Constraint(it) if it.kind == Primary)
    }

    /// A name must be free before something else takes it.
    fn add_name_edges(&mut self) {
        let mut pairs = Vec::new();
        for (old, gone) in &self.gone {
            for (new, made) in &self.made {
                if old != new && relation_name(old).is_some_and(|it| Some(it) == relation_name(new))
                {
                    pairs.extend(made.iter().map(|it| (*gone, *it)));
                }
            }
        }
        pairs.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    fn assemble(self) -> Result<Plan, Refusal> {
        let ranks: Vec<(Place, u8)> = self.nodes.iter().map(|it| (it.place, it.rank)).collect();
        let ordered = order(&ranks, &self.edges).map_err(|circle| self.circle(&circle))?;
        let has_functions = self
            .to
            .objects
            .keys()
            .chain(self.from.objects.keys())
            .any(|it| it.kind == Kind::Function);
        let mut steps = Vec::new();
        let (mut place, mut n_segments) = (None, 0);
        for node in ordered {
            let node = &self.nodes[node];
            if node.drafts.is_empty() {
                continue;
            }
            if place != Some(node.place) {
                let continues =
                    place.is_some_and(|it: Place| it.is_outside() && node.place.is_outside());
                if !continues {
                    n_segments += u32::from(!node.place.is_outside());
                    steps.push(header(node.place, n_segments, has_functions));
                }
                place = Some(node.place);
            }
            let transaction = transaction(node.place, n_segments);
            steps.extend(node.drafts.iter().map(|it| Step { transaction, ..it.step.clone() }));
        }
        Ok(Plan { dialect: Dialect::Postgres, steps })
    }

    fn circle(&self, nodes: &[usize]) -> Refusal {
        let changes =
            nodes.iter().flat_map(|it| &self.nodes[*it].drafts).flat_map(|it| &it.step.changes);
        let what: Vec<String> = changes.map(|it| it.to_string()).collect();
        let why = format!("these changes need each other: {}", what.join(", "));
        Refusal { reasons: vec![Reason { object: None, why }] }
    }
}

/// Steps that run together in one segment.
pub(super) fn segment(drafts: Vec<Draft>) -> Vec<Step> {
    let transaction = Transaction::Segment(1);
    let steps = drafts.into_iter().map(|it| Step { transaction, ..it.step });
    std::iter::once(header(Place::Main, 1, false)).chain(steps).collect()
}

fn transaction(place: Place, segment: u32) -> Transaction {
    if place.is_outside() { Transaction::Outside } else { Transaction::Segment(segment) }
}

/// The limits under which a segment runs: a lock that is not had soon is not worth a queue behind it.
fn header(place: Place, segment: u32, has_functions: bool) -> Step {
    let mut sql = match place {
        Place::First | Place::Main => {
            "SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '60s';".to_owned()
        }
        Place::Late => {
            "SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '1h';".to_owned()
        }
        // Waiting for older transactions counts as a lock here.
        Place::Build | Place::Tear => {
            "SET lock_timeout = '10min';\nSET statement_timeout = '12h';".to_owned()
        }
    };
    if has_functions && !place.is_outside() {
        sql += "\nSET LOCAL check_function_bodies = off;";
    }
    Step {
        changes: Vec::new(),
        sql,
        transaction: transaction(place, segment),
        locks: Vec::new(),
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back: Back::NotNeeded,
        checks: Vec::new(),
    }
}

/// The name that an object takes among tables, views, indexes, sequences and types.
fn relation_name(key: &Key) -> Option<(&str, &str)> {
    match key.kind {
        Kind::Table | Kind::View | Kind::Index | Kind::Sequence | Kind::Type => {
            Some((&key.schema, &key.name))
        }
        // A key's index has the name of the constraint.
        Kind::Constraint => Some((&key.schema, &key.part)),
        _ => None,
    }
}
