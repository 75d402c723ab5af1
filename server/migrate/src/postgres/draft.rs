//! Steps on their way into a plan.

use super::catalog::{Catalog, Key, Kind};
use super::render::{Statements, joined};
use crate::plan::{Back, Change, DataCheck, Lock, LockMode, ObjectId, Step, Transaction};

/// When in a plan something runs, and whether in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Before all else and committed by itself: new words of an enum.
    First,
    Main,
    /// Outside transactions: indexes are built.
    Build,
    /// After the main part is committed: proofs that read whole tables under weak locks.
    Late,
    /// Outside transactions: indexes are dropped.
    Tear,
}

impl Place {
    pub(super) fn is_outside(self) -> bool {
        matches!(self, Self::Build | Self::Tear)
    }
}

/// A step that does not know its transaction yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) step: Step,
}

impl Draft {
    pub(super) fn new(change: Change, sql: &[String]) -> Self {
        let step = Step {
            changes: vec![change],
            sql: joined(sql),
            transaction: Transaction::Outside,
            locks: Vec::new(),
            rewrite: false,
            scan: false,
            loses: Vec::new(),
            back: Back::NotNeeded,
            checks: Vec::new(),
        };
        Self { step }
    }

    pub(super) fn one(change: Change, sql: String) -> Self {
        Self::new(change, &[sql])
    }

    pub(super) fn back(mut self, sql: &[String]) -> Self {
        self.step.back = Back::Exact(joined(sql));
        self
    }

    pub(super) fn lossy(mut self, sql: &Statements, why: String) -> Self {
        self.step.back = Back::Lossy { sql: joined(sql), why };
        self
    }

    pub(super) fn no_way_back(mut self, why: String) -> Self {
        self.step.back = Back::None { why };
        self
    }

    /// Notes a lock on a table; what is not a table (a view) has none worth telling.
    pub(super) fn lock(mut self, table: &Key, mode: LockMode) -> Self {
        if table.kind != Kind::View {
            let table = table.table().object(None).table;
            match self.step.locks.iter_mut().find(|it| it.table == table) {
                Some(lock) => lock.mode = lock.mode.max(mode),
                None => self.step.locks.push(Lock { table, mode }),
            }
        }
        self
    }

    pub(super) fn rewrite(mut self, rewrites: bool) -> Self {
        self.step.rewrite |= rewrites;
        self.step.scan |= rewrites;
        self
    }

    pub(super) fn scan(mut self) -> Self {
        self.step.scan = true;
        self
    }

    pub(super) fn loses(mut self, object: ObjectId) -> Self {
        self.step.loses.push(object);
        self
    }

    pub(super) fn also(mut self, change: Change) -> Self {
        self.step.changes.push(change);
        self
    }

    pub(super) fn check(mut self, checks: impl IntoIterator<Item = DataCheck>) -> Self {
        self.step.checks.extend(checks);
        self
    }
}

/// The name of an object in a plan.
pub(super) fn id(catalog: &Catalog, key: &Key) -> ObjectId {
    key.object(catalog.get(key).and_then(|it| it.table.as_ref()))
}
