//! From two catalogs to steps.
//!
//! The order: foreign keys off, guard; triggers, then views that stand in the way; renames; indexes
//! and tables that go; new tables, changed tables; new indexes, views, triggers; guard, foreign keys
//! on. Every step knows the state before and after it, so its way back is exact in the reverse order.

mod guard;
mod renames;
mod steps;

use crate::plan::{Dialect, ObjectId, Part, Plan, Reason, Refusal, Renames};
use crate::sqlite::alter::{self, Alter};
use crate::sqlite::catalog::{Catalog, Table, Trigger, View};
use crate::sqlite::rebuild;
use std::collections::BTreeSet;

/// What an engine can do, by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capabilities {
    /// Major, minor, patch.
    pub version: (u32, u32, u32),
}

impl Capabilities {
    /// The oldest engine that plans are made for: what they need, every later one has.
    pub const PORTABLE: Self = Self { version: (3, 35, 0) };

    /// The engine that is built in.
    #[must_use]
    pub fn bundled() -> Self {
        let number = rusqlite::version_number().unsigned_abs();
        Self { version: (number / 1_000_000, number / 1000 % 1000, number % 1000) }
    }

    /// Reads `3.45` or `3.45.1`.
    #[must_use]
    pub fn of_version(version: &str) -> Option<Self> {
        let mut parts = version.trim().split('.').map(|it| it.parse().ok());
        let (major, minor) = (parts.next()??, parts.next()??);
        let patch = parts.next().unwrap_or(Some(0))?;
        parts.next().is_none().then_some(Self { version: (major, minor, patch) })
    }

    /// `ALTER TABLE … DROP COLUMN`.
    pub(super) fn drops_columns(self) -> bool {
        self.version >= (3, 35, 0)
    }

    /// `ALTER COLUMN … SET NOT NULL`, `ADD CONSTRAINT … CHECK`, `DROP CONSTRAINT`.
    pub(super) fn alters_constraints(self) -> bool {
        self.version >= (3, 53, 0)
    }
}

/// Plans the change from one catalog to another; equal ones need no step.
///
/// The order of columns counts, because `SELECT *` and `INSERT` without a column list see it: a new
/// column before an old one costs a rebuild. Names that differ only in case are renamed.
///
/// # Errors
/// Names everything that cannot be planned: a change of something that the reader does not
/// understand, a rename that does not fit, a view or trigger that the change would break.
pub fn plan(
    from: &Catalog,
    to: &Catalog,
    renames: &Renames,
    engine: Capabilities,
) -> Result<Plan, Refusal> {
    let mut steps = Vec::new();
    if from != to {
        let mut reasons = opaque_changes(from, to);
        reasons.extend(broken_by(from, to));
        let (renamed, moves) = match renames::apply(from, to, renames) {
            Ok(it) => it,
            Err(more) => {
                reasons.extend(more);
                return Err(Refusal { reasons });
            }
        };
        let cx = Cx::new(from, &renamed, to, moves, engine);
        reasons.extend(cx.opaque_in_the_way());
        if !reasons.is_empty() {
            return Err(Refusal { reasons });
        }
        steps = steps::assemble(&cx);
    }
    Ok(Plan { dialect: Dialect::Sqlite, steps })
}

/// Everything that the steps are made from.
pub(super) struct Cx<'a> {
    pub(super) from: &'a Catalog,
    /// `from` after the renames.
    pub(super) renamed: &'a Catalog,
    pub(super) to: &'a Catalog,
    pub(super) moves: renames::Moves,
    pub(super) changed: Vec<Changed<'a>>,
    pub(super) dropped: Vec<&'a Table>,
    pub(super) created: Vec<&'a Table>,
    /// Views and triggers of `from` that are dropped, in its order.
    pub(super) old_views: Vec<&'a View>,
    pub(super) old_triggers: Vec<&'a Trigger>,
    /// Views and triggers of `to` that are created, in its order.
    pub(super) new_views: Vec<&'a View>,
    pub(super) new_triggers: Vec<&'a Trigger>,
}

/// A table that is on both sides and differs.
pub(super) struct Changed<'a> {
    pub(super) from: &'a Table,
    pub(super) to: &'a Table,
    /// `None` is a rebuild; empty when only indexes differ.
    pub(super) up: Option<Vec<Alter<'a>>>,
    pub(super) down: Option<Vec<Alter<'a>>>,
}

impl Changed<'_> {
    pub(super) fn is_rebuilt(&self) -> bool {
        self.up.is_none() || self.down.is_none()
    }

    /// Whether the table itself changes, in contrast to its indexes.
    pub(super) fn is_altered(&self) -> bool {
        self.up.as_ref().is_none_or(|it| !it.is_empty())
    }
}

impl<'a> Cx<'a> {
    fn new(
        from: &'a Catalog,
        renamed: &'a Catalog,
        to: &'a Catalog,
        moves: renames::Moves,
        engine: Capabilities,
    ) -> Self {
        let find =
            |catalog: &'a Catalog, name: &str| catalog.tables.iter().find(|it| it.name == name);
        let changed = to.tables.iter().filter_map(|to| {
            let from = find(renamed, &to.name).filter(|it| *it != to)?;
            let (up, down) = (alter::native(from, to, engine), alter::native(to, from, engine));
            // A default is the same in every row; only a rebuild gives each one of its own.
            let is_shared = |it: &Alter<'_>| {
                matches!(it, Alter::Add { column, .. }
                    if column.default.is_some() && rebuild::is_unique(from, column))
            };
            let down = down.filter(|it| !it.iter().any(is_shared));
            Some(Changed { from, to, up, down })
        });
        let mut out = Self {
            from,
            renamed,
            to,
            moves,
            changed: changed.collect(),
            dropped: renamed.tables.iter().filter(|it| find(to, &it.name).is_none()).collect(),
            created: to.tables.iter().filter(|it| find(renamed, &it.name).is_none()).collect(),
            old_views: Vec::new(),
            old_triggers: Vec::new(),
            new_views: Vec::new(),
            new_triggers: Vec::new(),
        };
        out.find_dependents();
        out
    }

    /// Views and triggers that change, that a changed table carries, or that are broken already,
    /// which makes `ALTER TABLE` fail.
    fn find_dependents(&mut self) {
        let touched = self.touched();
        let alters = self.changed.iter().any(Changed::is_altered) || !self.moves.is_empty();
        let before = closure(self.from, &touched);
        let after = closure(self.to, &touched);
        let is_kept_view = |it: &View| {
            let in_way = before.contains(&lower(&it.name)) || after.contains(&lower(&it.name));
            !(in_way || alters && it.broken.0.is_some())
        };
        let (from, to) = (self.from, self.to);
        let keeps_view =
            |it: &View| is_kept_view(it) && from.views.contains(it) && to.views.contains(it);
        self.old_views = from.views.iter().filter(|it| !keeps_view(it)).collect();
        self.new_views = to.views.iter().filter(|it| !keeps_view(it)).collect();
        let gone: BTreeSet<String> =
            self.old_views.iter().chain(&self.new_views).map(|it| lower(&it.name)).collect();
        let keeps_trigger = |it: &Trigger| {
            let in_way = it.mentions.0.iter().any(|it| {
                touched.contains(it)
                    || before.contains(it)
                    || after.contains(it)
                    || gone.contains(it)
            });
            !(in_way || alters && it.broken.0.is_some())
                && from.triggers.contains(it)
                && to.triggers.contains(it)
        };
        self.old_triggers = from.triggers.iter().filter(|it| !keeps_trigger(it)).collect();
        self.new_triggers = to.triggers.iter().filter(|it| !keeps_trigger(it)).collect();
    }

    /// Names, in lower case, of tables whose views and triggers must be out of the way.
    fn touched(&self) -> BTreeSet<String> {
        let is_mild = |it: &Changed<'_>| {
            let mild = |it: &Option<Vec<Alter<'_>>>| {
                it.as_ref().is_some_and(|it| it.iter().all(|it| matches!(it, Alter::Add { .. })))
            };
            // Dropping on the way back is what adding is undone by.
            mild(&it.up) || it.up.as_ref().is_some_and(Vec::is_empty)
        };
        let changed = self.changed.iter().filter(|it| !is_mild(it) || it.is_rebuilt());
        let changed = changed.filter(|it| it.is_altered());
        let mut out: BTreeSet<String> = changed.map(|it| lower(&it.to.name)).collect();
        out.extend(self.dropped.iter().chain(&self.created).map(|it| lower(&it.name)));
        out.extend(self.moves.tables.iter().flat_map(|(old, new)| [lower(old), lower(new)]));
        out.extend(self.moves.columns.iter().map(|(table, _, _)| lower(table)));
        out
    }

    /// What a virtual table would lose with a table that it reads.
    fn opaque_in_the_way(&self) -> Vec<Reason> {
        let mut gone: BTreeSet<String> = self.dropped.iter().map(|it| lower(&it.name)).collect();
        gone.extend(self.moves.tables.iter().map(|(old, _)| lower(old)));
        gone.extend(self.moves.columns.iter().map(|(table, _, _)| lower(table)));
        let blocked = self.from.opaque.iter().filter_map(|it| {
            let table = it.mentions.0.iter().find(|it| gone.contains(*it))?;
            let why =
                format!("{} that reads `{table}`, which would go or change its name", it.why.0);
            Some(Reason { object: Some(table_id(&it.name)), why })
        });
        blocked.collect()
    }
}

/// Views that read a touched table, and views of those.
fn closure(catalog: &Catalog, touched: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    loop {
        let reads = |it: &&View| {
            it.mentions.0.iter().any(|it| touched.contains(it) || out.contains(it))
                && !out.contains(&lower(&it.name))
        };
        let more: Vec<String> =
            catalog.views.iter().filter(reads).map(|it| lower(&it.name)).collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

fn opaque_changes(from: &Catalog, to: &Catalog) -> Vec<Reason> {
    let new = to.opaque.iter().filter(|it| !from.opaque.contains(it));
    let gone = from.opaque.iter().filter(|it| !to.opaque.contains(it));
    let both = gone.chain(new.filter(|it| !from.opaque.iter().any(|old| old.name == it.name)));
    let reason = |it: &crate::sqlite::catalog::Opaque| Reason {
        object: Some(table_id(&it.name)),
        why: format!(
            "{}; it can stay as it is, but not be made, changed or dropped by a plan",
            it.why.0
        ),
    };
    both.map(reason).collect()
}

/// Views and triggers that work today, stay as they are, and would not work afterwards.
fn broken_by(from: &Catalog, to: &Catalog) -> Vec<Reason> {
    let views = to.views.iter().filter_map(|it| {
        let old = from.views.iter().find(|old| *old == it)?;
        let message = it.broken.0.as_ref().filter(|_| old.broken.0.is_none())?;
        let object = ObjectId { table: String::new(), part: Part::View(it.name.clone()) };
        Some((object, format!("the view `{}` stays and would break: {message}", it.name)))
    });
    let triggers = to.triggers.iter().filter_map(|it| {
        let old = from.triggers.iter().find(|old| *old == it)?;
        let message = it.broken.0.as_ref().filter(|_| old.broken.0.is_none())?;
        let object = ObjectId { table: it.table.clone(), part: Part::Trigger(it.name.clone()) };
        Some((object, format!("the trigger `{}` stays and would break: {message}", it.name)))
    });
    let all = views.chain(triggers);
    all.map(|(object, why)| Reason { object: Some(object), why }).collect()
}

pub(super) fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

pub(super) fn table_id(name: &str) -> ObjectId {
    ObjectId { table: name.to_owned(), part: Part::Table }
}

/// Whether any step writes again what foreign keys hang on.
pub(super) fn needs_foreign_keys_off(cx: &Cx<'_>) -> bool {
    let rebuilt = cx.changed.iter().any(|it| it.is_altered() && it.is_rebuilt());
    let later = |at: usize, name: &str| {
        let before = cx.created.iter().take(at + 1);
        let mut old =
            cx.to.tables.iter().filter(|it| !cx.created.iter().any(|new| new.name == it.name));
        let refers = |it: &&Table| {
            it.name != name && it.foreign_keys.iter().any(|it| it.table == lower(name))
        };
        // On the way back a table goes while those made before it still stand.
        old.any(|it| refers(&it)) || before.into_iter().any(refers)
    };
    let order = steps::parents_first(&cx.created);
    let is_awaited = order.iter().any(|it| {
        let at = cx.created.iter().position(|new| new.name == it.name).unwrap_or_default();
        later(at, &it.name)
    });
    rebuilt || !cx.dropped.is_empty() || is_awaited
}
