use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};
use crate::schema::{ConstraintKind, Index, IndexKey, Table};

declare_lint! {
    /// An index is the beginning of another one, which does its work.
    ///
    /// It costs time at every write and space for nothing.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code text, made_at default now()]
    ///   rls: role(admin)
    ///   indices: [code, "code, made_at"]
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code text, made_at default now()]
    ///   rls: role(admin)
    ///   indices: ["code, made_at"]
    /// ```
    pub(super) static RULE = {
        name: "redundant-index",
        group: Shape,
        severity: Info,
        since: "0.1.0",
        check: redundant_index,
    }
}

fn redundant_index(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        for (idx, index) in table.indexes.iter().enumerate().filter(|it| !it.1.unique) {
            let other = table.indexes.iter().enumerate().find(|(at, it)| {
                let is_longer = it.keys.len() > index.keys.len();
                *at != idx && begins(it, index) && (is_longer || *at < idx || it.unique)
            });
            let other = other.map(|it| it.1.name.clone()).or_else(|| by_key(table, index));
            if let Some(other) = other {
                let message = format!("`{other}` does what `{}` would", index.name);
                sink.report(index.origin, message);
            }
        }
    }
}

fn begins(long: &Index, short: &Index) -> bool {
    long.filter == short.filter && long.keys.starts_with(&short.keys)
}

/// A key or unique constraint that starts with the columns of the index.
fn by_key(table: &Table, index: &Index) -> Option<String> {
    let plain = |it: &IndexKey| match &it.expr {
        Expr::Column { name, .. } if !it.descending => Some(name.clone()),
        _ => None,
    };
    let columns: Option<Vec<String>> = index.keys.iter().map(plain).collect();
    let columns = columns.filter(|_| index.filter.is_none())?;
    if table.primary_key.starts_with(&columns) {
        return Some("the primary key".to_owned());
    }
    let unique = table.constraints.iter().find(|it| match &it.kind {
        ConstraintKind::Unique(of) => of.starts_with(&columns),
        _ => false,
    });
    let by_column = || {
        let [name] = columns.as_slice() else { return None };
        table.column(name).filter(|it| it.unique).map(|it| it.name.clone())
    };
    unique.map(|it| it.name.clone()).or_else(by_column)
}
