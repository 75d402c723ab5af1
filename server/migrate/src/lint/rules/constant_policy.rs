use crate::expr::Expr;
use crate::lint::cx::{LintCx, Sink};

declare_lint! {
    /// A policy does not depend on who asks or on the row.
    ///
    /// `… or true` opens the table, `false` closes it; say `public` or `deny` when that is meant.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, name text]
    ///   rls: name = 'a' or true
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, name text]
    ///   rls: name = 'a'
    /// ```
    pub(super) static RULE = {
        name: "constant-policy",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: constant_policy,
    }
}

fn constant_policy(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        // `own-or-public` without a flag is open for reading, and says so.
        let written = cx.written_exprs(table);
        for (expr, origin) in written {
            if let Some(value) = constant(&expr) {
                let message = format!("`{expr}` is always {value}");
                sink.report(origin, message);
            }
        }
    }
}

/// The value of a condition that names nothing, or in which a constant decides.
fn constant(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Bool(it) => Some(*it),
        Expr::Null => Some(false),
        Expr::Not(inner) => constant(inner).map(|it| !it),
        Expr::And(parts) => decided(parts, false),
        Expr::Or(parts) => decided(parts, true),
        Expr::Compare { op, left, right } => match (&**left, &**right) {
            (Expr::Number(a), Expr::Number(b)) => {
                let (a, b) = (a.parse::<f64>().ok()?, b.parse::<f64>().ok()?);
                let order = a.partial_cmp(&b)?;
                Some(holds(*op, order))
            }
            (Expr::Text(a), Expr::Text(b)) => Some(holds(*op, a.cmp(b))),
            _ => None,
        },
        _ => None,
    }
}

fn holds(op: crate::expr::Comparison, order: std::cmp::Ordering) -> bool {
    use crate::expr::Comparison as Op;
    match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
    }
}

fn decided(parts: &[Expr], by: bool) -> Option<bool> {
    let values: Vec<Option<bool>> = parts.iter().map(constant).collect();
    if values.contains(&Some(by)) {
        return Some(by);
    }
    values.iter().all(Option::is_some).then_some(!by)
}
