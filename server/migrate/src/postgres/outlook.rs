//! What rows that are there will hold after the plan, written so that they can be asked before it runs.

use super::catalog::{Body, Catalog, Column, Key, Kind};
use super::change::Changes;
use super::{cast, checks, render};

/// Both sides of a plan, and what it decided about each object.
#[derive(Clone, Copy)]
pub(super) struct Outlook<'a> {
    pub(super) from: &'a Catalog,
    pub(super) to: &'a Catalog,
    pub(super) changes: &'a Changes,
}

/// What the values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Which rows are alike; what they hold does not matter.
    Alike,
    /// An expression of the plan's target over them.
    Meaning,
}

impl Outlook<'_> {
    /// What stands behind `FROM` to see the columns as the plan will have made them: the table itself
    /// where it leaves them as they are, else a query in parentheses, which needs an alias.
    ///
    /// `None` where no query can tell: a value is another in each row, or of a type that only the plan
    /// makes what it will be.
    pub(super) fn rows<'k>(
        &self,
        table: &Key,
        columns: impl IntoIterator<Item = &'k Key>,
        question: Question,
    ) -> Option<String> {
        let (mut plain, mut computed) = (Vec::new(), Vec::new());
        for key in columns {
            if self.is_computed_anew(key) {
                computed.push(key);
                plain.extend(self.own_columns(table, &self.to.get(key)?.needs));
            } else {
                plain.push(key);
            }
        }
        plain.sort_unstable();
        plain.dedup();
        let mut is_changed = !computed.is_empty();
        let mut selected = Vec::new();
        for key in &plain {
            let value = self.value(key, question)?;
            is_changed |= value != key.part;
            selected.push(aliased(value, &key.part));
        }
        if !is_changed {
            return Some(table.qualified());
        }
        for it in checks::identifying(self.from, table) {
            if !plain.iter().any(|key| key.part == it) {
                selected.push(it);
            }
        }
        let inner = format!("(SELECT {} FROM {})", selected.join(", "), table.qualified());
        if computed.is_empty() {
            return Some(inner);
        }
        let expressions = computed.iter().filter_map(|key| {
            let (expr, _) = self.to.column(key)?.generated.as_ref()?;
            Some(format!("({expr}) AS {}", key.part))
        });
        let expressions: Vec<String> = expressions.collect();
        Some(format!("(SELECT *, {} FROM {inner} AS {})", expressions.join(", "), table.name))
    }

    /// The columns of a table among what an object needs.
    pub(super) fn own_columns<'k>(
        &self,
        table: &Key,
        needs: impl IntoIterator<Item = &'k Key>,
    ) -> Vec<&'k Key> {
        let is_own = |it: &&Key| it.kind == Kind::Column && it.table() == *table;
        needs.into_iter().filter(is_own).collect()
    }

    /// Whether something that it needs will mean something else after the plan.
    pub(super) fn is_redefined<'k>(&self, needs: impl IntoIterator<Item = &'k Key>) -> bool {
        let changes = self.changes;
        needs.into_iter().any(|it| {
            matches!(it.kind, Kind::Type | Kind::Function)
                && [&changes.alter, &changes.create, &changes.swap].iter().any(|of| of.contains(it))
        })
    }

    /// Whether the plan computes the column from others: it is new as a generated one.
    fn is_computed_anew(&self, key: &Key) -> bool {
        let is_generated = self.to.column(key).is_some_and(|it| it.generated.is_some());
        is_generated && self.changes.create.contains(key)
    }

    /// What a column will hold, as an expression over the row that is there.
    fn value(&self, key: &Key, question: Question) -> Option<String> {
        let new = self.to.column(key)?;
        let is_redefined = self.is_redefined(&self.to.get(key)?.needs);
        if is_redefined && question == Question::Meaning {
            return None;
        }
        let is_kept = !self.changes.create.contains(key);
        match self.from.column(key).filter(|_| is_kept) {
            None => self.new_value(key, new, is_redefined),
            // Between types of one name values go by their words, which stay apart.
            Some(old) if is_redefined || !self.changes.retyped.contains(key) || old == new => {
                Some(key.part.clone())
            }
            Some(old) => Some(self.converted(key, old, new)),
        }
    }

    /// What rows get in a column that the plan adds, when it is the same in each.
    fn new_value(&self, key: &Key, new: &Column, is_redefined: bool) -> Option<String> {
        let default = self.to.default_of(key);
        if new.identity.is_some() || default.is_some_and(|it| self.to.is_volatile(it)) {
            return None;
        }
        Some(match default {
            None if is_redefined => "NULL::text".to_owned(),
            None => format!("NULL::{}", new.kind),
            // One value is as good as another where all rows have it.
            Some(it) if is_redefined => render::literal(it),
            Some(it) => format!("({it})::{}", new.kind),
        })
    }

    /// The conversion, of values that it fits; the others are another check's to tell.
    fn converted(&self, key: &Key, old: &Column, new: &Column) -> String {
        let name = &key.part;
        let using = cast::using(self.from, self.to, old, new, &new.kind, name);
        let is_same_kind = old.kind == new.kind;
        let mut value = match using {
            _ if is_same_kind => name.clone(),
            Some(using) => using,
            None => format!("{name}::{}", new.kind),
        };
        if let Some(misfit) = checks::misfit(self.from, self.to, old, new, name) {
            value = format!("CASE WHEN NOT ({misfit}) THEN {value} END");
        }
        match new.collation.as_ref().filter(|_| old.collation != new.collation) {
            Some(collation) => format!("({value}) COLLATE {collation}"),
            None => value,
        }
    }

    /// What stays over a column whose values change: the engine proves it again while it converts them.
    pub(super) fn survivors(&self, column: &Key) -> Vec<(&Key, &super::catalog::Object)> {
        let is_first = |needs: &std::collections::BTreeSet<Key>| {
            needs.iter().find(|it| self.changes.retyped.contains(*it)) == Some(column)
        };
        let survives = |key: &Key| !self.changes.drop.contains(key) && self.to.get(key).is_some();
        let objects = self.from.objects.iter();
        objects
            .filter(|(key, object)| {
                matches!(object.body, Body::Constraint(_) | Body::Index(_))
                    && is_first(&object.needs)
                    && survives(key)
            })
            .collect()
    }
}

fn aliased(value: String, name: &str) -> String {
    if value == name { value } else { format!("{value} AS {name}") }
}

/// The source of rows under a name, where it needs one.
pub(super) fn named(source: &str, name: &str) -> String {
    if source.starts_with('(') { format!("{source} AS {name}") } else { source.to_owned() }
}
