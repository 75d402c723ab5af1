//! Makes a plan from one catalog to another.

use super::catalog::{Body, Catalog, Key, Kind, Table};
use super::change::Changes;
use super::draft::{Draft, Place, id};
use super::order::order;
use super::outlook::Outlook;
use super::render;
use crate::plan::{Back, Change, Dialect, LockMode, Plan, Reason, Refusal, Step, Transaction};
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
    of_changes(from, to, &changes)
}

/// Steps for changes that are decided.
pub(super) fn of_changes(from: &Catalog, to: &Catalog, changes: &Changes) -> Result<Plan, Refusal> {
    let mut builder = Builder {
        from,
        to,
        changes,
        nodes: Vec::new(),
        edges: BTreeSet::new(),
        made: BTreeMap::new(),
        gone: BTreeMap::new(),
        altered: BTreeMap::new(),
    };
    builder.add_drops();
    builder.add_alters();
    builder.add_creates();
    builder.add_identities();
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

    /// What the rows that are there will hold.
    pub(super) fn outlook(&self) -> Outlook<'_> {
        Outlook { from: self.from, to: self.to, changes: self.changes }
    }

    /// Whether a table was there before, and may have rows.
    pub(super) fn has_rows(&self, table: &Key) -> bool {
        self.from.get(table).is_some_and(|_| !self.changes.create.contains(table))
    }

    fn add_edges(&mut self) {
        let (from, to) = (self.from, self.to);
        let altered = self.altered.clone();
        for (key, node) in self.gone.clone() {
            for need in &from.objects[&key].needs {
                let later: Vec<usize> = self
                    .gone
                    .get(need)
                    .into_iter()
                    // A sequence may change under what counts by it, and has to leave it in time.
                    .chain(
                        altered
                            .get(need)
                            .filter(|_| need.kind != Kind::Sequence)
                            .into_iter()
                            .flatten(),
                    )
                    .copied()
                    // New words of an enum come before all else: they go back when all is there again.
                    .filter(|it| self.nodes[*it].place > Place::First)
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
        self.add_owner_edges();
        self.add_body_edges();
        self.add_logging_edges();
    }

    /// A logged table may not reference an unlogged one: the target is logged first, and unlogged last.
    fn add_logging_edges(&mut self) {
        let becomes_unlogged = |key: &Key| {
            let (was, is) = (self.from.table(key)?, self.to.table(key)?);
            (was.is_unlogged != is.is_unlogged).then_some(is.is_unlogged)
        };
        let mut edges = Vec::new();
        for (key, object) in &self.from.objects {
            let Body::Constraint(it) = &object.body else { continue };
            let Some((target, _)) = it.target.as_ref().filter(|it| it.0 != key.table()) else {
                continue;
            };
            let own = key.table();
            let (first, second) = match (becomes_unlogged(&own), becomes_unlogged(target)) {
                (Some(true), Some(true)) => (&own, target),
                (Some(false), Some(false)) => (target, &own),
                _ => continue,
            };
            let nodes = |of: &Key| self.altered.get(of).cloned().unwrap_or_default();
            let later = nodes(second);
            edges.extend(
                nodes(first).into_iter().flat_map(|it| later.iter().map(move |to| (it, *to))),
            );
        }
        edges.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    /// A sequence gets its new owner when that is there, and leaves the old one before that goes and
    /// would take it along.
    fn add_owner_edges(&mut self) {
        let mut edges = Vec::new();
        for (key, nodes) in self.altered.iter().filter(|it| it.0.kind == Kind::Sequence) {
            let owner = |catalog: &Catalog| {
                let Body::Sequence(sequence) = &catalog.get(key)?.body else { return None };
                let (owner, table) = (sequence.owner.clone()?, catalog.get(key)?.table.clone()?);
                let columns = catalog.columns(&table);
                let is_it = |it: &&Key| format!("{}.{}", it.qualified(), it.part) == owner;
                let column = columns.into_iter().map(|it| it.0).find(is_it)?.clone();
                Some((column, table))
            };
            if let Some((column, table)) = owner(self.to) {
                let made = self.made.get(&column).or_else(|| self.made.get(&table));
                let made = made.into_iter().flatten();
                edges.extend(made.flat_map(|it| nodes.iter().map(|node| (*it, *node))));
            }
            if let Some((column, table)) = owner(self.from) {
                let gone = self.gone.get(&column).or_else(|| self.gone.get(&table));
                edges.extend(gone.into_iter().flat_map(|it| nodes.iter().map(|node| (*node, *it))));
            }
        }
        edges.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    /// What is computed while it is made runs functions, which need what their bodies name; the engine
    /// knows no such need of a body in quotes.
    fn add_body_edges(&mut self) {
        let functions: Vec<(&Key, String)> = self
            .made
            .keys()
            .filter(|it| it.kind == Kind::Function)
            .filter_map(|it| Some((it, format!("{}(", it.name.split_once('(')?.0))))
            .collect();
        let mut edges = Vec::new();
        for (key, nodes) in
            self.made.iter().filter(|it| !functions.is_empty() && self.is_computed(it.0))
        {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&Key> = self.to.objects[key].needs.iter().collect();
            while let Some(need) = open.pop() {
                let Some(object) = self.to.get(need).filter(|_| seen.insert(need)) else {
                    continue;
                };
                open.extend(&object.needs);
                let Body::Routine(routine) = &object.body else { continue };
                for (named, _) in functions.iter().filter(|it| routine.create.contains(&it.1)) {
                    if !self.to.reaches(named, key) {
                        open.push(named);
                        let first = &self.made[*named];
                        edges.extend(
                            first.iter().flat_map(|it| nodes.iter().map(|node| (*it, *node))),
                        );
                    }
                }
            }
        }
        edges.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    fn is_computed(&self, key: &Key) -> bool {
        match &self.to.objects[key].body {
            Body::View(view) => view.is_materialized,
            _ => matches!(key.kind, Kind::Column | Kind::Default | Kind::Index | Kind::Constraint),
        }
    }

    /// Tells replicas by which index rows are known, once it is there.
    fn add_identities(&mut self) {
        let (from, to) = (self.from, self.to);
        for key in to.objects.keys().filter(|it| it.kind == Kind::Table) {
            let is = to.table(key).expect("it is a table");
            let old = from.table(key).filter(|_| !self.changes.create.contains(key));
            let was = old.map_or("DEFAULT", |it| it.replica_identity.as_str());
            let by_index = is.identity_index().or(old.and_then(|it| it.identity_index()));
            if was == is.replica_identity || by_index.is_none() {
                continue;
            }
            let keys = |index: &str| {
                let constraint = Key::new(Kind::Constraint, &key.schema, &key.name, index);
                [Key::new(Kind::Index, &key.schema, index, ""), constraint]
            };
            let found = |of: &BTreeMap<Key, Vec<usize>>, index: Option<&str>| -> Vec<usize> {
                let keys = index.map(keys).into_iter().flatten();
                keys.flat_map(|it| of.get(&it).cloned().unwrap_or_default()).collect()
            };
            let made = found(&self.made, is.identity_index());
            if made.iter().any(|it| self.made.get(key).is_some_and(|table| table.contains(it))) {
                continue;
            }
            let sql = |it: &str| format!("ALTER TABLE {} REPLICA IDENTITY {it}", key.qualified());
            let change = Change::Alter { object: id(to, key), what: "replica identity".to_owned() };
            let mut draft =
                Draft::one(change, sql(&is.replica_identity)).lock(key, LockMode::AccessExclusive);
            if old.is_some() {
                draft = draft.back(&[sql(was)]);
            }
            let is_late = made.iter().any(|it| self.nodes[*it].place > Place::Main);
            let place = if is_late { Place::Late } else { Place::Main };
            let node = self.node(place, RANK_LAST, vec![draft]);
            let table = self.made.get(key).cloned().unwrap_or_default();
            made.iter().chain(&table).for_each(|it| self.edge(*it, node));
            let gone = old.and_then(|it| it.identity_index()).map(keys).into_iter().flatten();
            let gone: Vec<usize> = gone.filter_map(|it| self.gone.get(&it).copied()).collect();
            gone.into_iter().for_each(|it| self.edge(node, it));
        }
    }

    /// A table that inherits is made after its parents have their columns, and dropped before they
    /// lose some.
    fn add_heir_edges(&mut self) {
        let is_heir = |key: &Key, it: &Table| key.kind == Kind::Table && !it.parents.is_empty();
        let mut edges = Vec::new();
        for (key, child) in &self.gone {
            let Some(table) = self.from.table(key).filter(|it| is_heir(key, it)) else { continue };
            let parts = self.gone.iter().filter(|it| table.parents.contains(&it.0.qualified()));
            edges.extend(parts.map(|it| (*child, *it.1)));
            edges.extend(self.altered_parts(table).map(|it| (*child, it)));
        }
        for (key, children) in &self.made {
            let Some(table) = self.to.table(key).filter(|it| is_heir(key, it)) else { continue };
            let kinds = [Kind::Column, Kind::Default];
            let parts = self.made.iter().filter(|it| {
                kinds.contains(&it.0.kind) && table.parents.contains(&it.0.qualified())
            });
            let parts = parts.flat_map(|it| it.1.clone()).chain(self.altered_parts(table));
            edges.extend(parts.flat_map(|it| children.iter().map(move |child| (it, *child))));
        }
        edges.into_iter().for_each(|(first, second)| self.edge(first, second));
    }

    fn altered_parts(&self, table: &Table) -> impl Iterator<Item = usize> {
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
        sql += &format!("\n{};", render::UNCHECKED_BODIES);
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
