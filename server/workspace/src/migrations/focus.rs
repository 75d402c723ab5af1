//! The part of two schemas that a change between them can touch, so that planning it costs what
//! changes and not what is there.

use migrate::expr::Expr;
use migrate::schema::{Access, ConstraintKind, Schema, Table};
use rustc_hash::FxHashSet;

/// Both schemas without the tables that are the same on both sides and that nothing which differs
/// leads to: by a reference, or by a policy that looks at other tables.
pub(super) fn focus(before: &Schema, after: &Schema) -> (Schema, Schema) {
    let sides = [before, after];
    let all = || sides.iter().flat_map(|it| &it.tables);
    let mut names: FxHashSet<&str> = changed(before, after).into_iter().collect();
    // What looks at a changed table may have to be made again.
    let near: Vec<&str> = all()
        .filter(|it| mentions(it).iter().any(|name| names.contains(name)))
        .map(|it| it.name.as_str())
        .collect();
    names.extend(near);
    loop {
        let inside = all().filter(|it| names.contains(it.name.as_str()));
        let needed: Vec<&str> =
            inside.flat_map(mentions).filter(|it| !names.contains(it)).collect();
        if needed.is_empty() {
            break;
        }
        names.extend(needed);
    }
    let part = |schema: &Schema| {
        let tables = schema.tables.iter().filter(|it| names.contains(it.name.as_str()));
        Schema { tables: tables.cloned().collect() }
    };
    (part(before), part(after))
}

/// The names of the tables that differ, on either side.
fn changed<'a>(before: &'a Schema, after: &'a Schema) -> Vec<&'a str> {
    let differs = |from: &'a Schema, to: &'a Schema| {
        // In files that only add, all others stand where they stood.
        let by_name: rustc_hash::FxHashMap<&str, &Table> =
            to.tables.iter().map(|it| (it.name.as_str(), it)).collect();
        let changed =
            from.tables.iter().filter(move |it| by_name.get(it.name.as_str()) != Some(it));
        changed.map(|it| it.name.as_str()).collect::<Vec<_>>()
    };
    let mut out = differs(before, after);
    out.extend(differs(after, before));
    out
}

/// The tables that a table's references, checks and policies name.
fn mentions(table: &Table) -> Vec<&str> {
    let columns = table.columns.iter().filter_map(|it| it.references.as_ref());
    let mut out: Vec<&str> = columns.map(|it| it.table.as_str()).collect();
    for it in &table.constraints {
        if let ConstraintKind::ForeignKey { table, .. } = &it.kind {
            out.push(table);
        }
    }
    let mut exprs: Vec<&Expr> = Vec::new();
    match &table.access {
        Access::MemberOf { table, .. } => out.push(table),
        Access::Expr(it) => exprs.push(it),
        _ => {}
    }
    exprs.extend(table.policies.iter().flat_map(|it| it.using.iter().chain(&it.check)));
    for expr in exprs {
        expr.walk(&mut |it| {
            if let Expr::Exists { table, .. } = it {
                out.push(table);
            }
        });
    }
    out
}
