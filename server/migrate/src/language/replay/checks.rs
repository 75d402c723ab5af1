//! What only the whole schema shows: references in a circle.

use super::State;
use crate::rules;
use crate::schema::ConstraintKind;
use rustc_hash::FxHashMap;

impl State<'_> {
    /// Reports each new reference that closes a circle of references that are never empty.
    pub(super) fn report_cycles(&mut self) {
        if self.new_references.is_empty() {
            return;
        }
        let targets = self.required_targets();
        let new = std::mem::take(&mut self.new_references);
        let mut told: Vec<Vec<usize>> = Vec::new();
        for (name, origin) in new {
            let Some(start) = self.table_index(&name) else { continue };
            let Some(circle) = circle(&targets, start) else { continue };
            let mut members = circle.clone();
            members.sort_unstable();
            if told.contains(&members) {
                continue;
            }
            told.push(members);
            let names: Vec<String> =
                circle.iter().map(|it| format!("`{}`", self.schema.tables[*it].name)).collect();
            let message = format!(
                "{} reference each other and none may be empty: no first row can be written",
                names.join(", ")
            );
            self.report(&rules::fk_cycle::RULE, origin, message);
        }
    }

    /// For each table, the other tables that its rows cannot be without.
    fn required_targets(&self) -> FxHashMap<usize, Vec<usize>> {
        let mut out: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (index, table) in self.schema.tables.iter().enumerate() {
            let columns = table.columns.iter().filter(|it| !it.nullable);
            let by_column = columns.filter_map(|it| it.references.as_ref()).map(|it| &it.table);
            let by_constraint = table.constraints.iter().filter_map(|it| match &it.kind {
                ConstraintKind::ForeignKey { columns, table: to, .. } => {
                    let required = |it: &String| table.column(it).is_some_and(|it| !it.nullable);
                    columns.iter().all(required).then_some(to)
                }
                _ => None,
            });
            let targets = by_column.chain(by_constraint).filter_map(|it| self.table_index(it));
            let targets: Vec<usize> = targets.filter(|it| *it != index).collect();
            if !targets.is_empty() {
                out.insert(index, targets);
            }
        }
        out
    }
}

/// A way from `start` back to it, without its last step.
fn circle(targets: &FxHashMap<usize, Vec<usize>>, start: usize) -> Option<Vec<usize>> {
    let mut came_from: FxHashMap<usize, usize> = FxHashMap::default();
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        for next in targets.get(&at).into_iter().flatten() {
            if *next == start {
                let mut way = vec![at];
                while let Some(before) = came_from.get(way.last().expect("it starts with one")) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if let std::collections::hash_map::Entry::Vacant(it) = came_from.entry(*next) {
                it.insert(at);
                open.push(*next);
            }
        }
    }
    None
}
