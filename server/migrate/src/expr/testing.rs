//! Generators and drawings for the tests of expressions.

use super::{Comparison, Expr, ExprError, Operator};
use proptest::prelude::*;

/// The text with a mark below each error.
pub(crate) fn underline(text: &str, errors: &[ExprError]) -> String {
    let mut out = format!("{text}\n");
    for error in errors {
        let before = text[..error.span.start as usize].chars().count();
        let within = text[error.span.range()].chars().count().max(1);
        let (blanks, marks) = (" ".repeat(before), "^".repeat(within));
        out += &format!("{blanks}{marks} {}\n", error.message);
        if let Some(hint) = &error.hint {
            out += &format!("  hint: {hint}\n");
        }
    }
    out
}

/// Any expression that can be written, well typed or not.
pub(crate) fn any_expr() -> impl Strategy<Value = Expr> {
    let name = prop_oneof!["[a-z_][a-z0-9_]{0,4}", Just("row".to_owned()), "[ \"a-zA-ZÄ']{1,5}"];
    let leaf = prop_oneof![
        name.clone().prop_map(Expr::column),
        Just(Expr::Null),
        any::<bool>().prop_map(Expr::Bool),
        "-?[0-9]{1,4}(\\.[0-9]{1,2})?(e[0-9])?".prop_map(Expr::Number),
        "[ 'a-z%_\\\\ä]{0,6}".prop_map(Expr::Text),
        Just(Expr::CurrentUser),
        Just(Expr::CurrentRole),
        Just(Expr::Now),
    ];
    leaf.prop_recursive(5, 48, 4, move |inner| compound(inner, name.clone()))
}

fn compound(
    inner: impl Strategy<Value = Expr> + Clone + 'static,
    name: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = Expr> {
    let boxed = || inner.clone().prop_map(Box::new);
    let some = |n| prop::collection::vec(inner.clone(), n);
    prop_oneof![
        boxed().prop_map(Expr::Not),
        some(2..4).prop_map(Expr::And),
        some(2..4).prop_map(Expr::Or),
        (inner.clone(), any_comparison(), inner.clone())
            .prop_map(|(left, op, right)| Expr::compare(left, op, right)),
        (boxed(), any_operator(), boxed()).prop_map(|(left, op, right)| Expr::Arithmetic {
            op,
            left,
            right
        }),
        (boxed(), any::<bool>()).prop_map(|(value, negated)| Expr::IsNull { value, negated }),
        (boxed(), some(1..4), any::<bool>()).prop_map(|(value, list, negated)| Expr::In {
            value,
            list,
            negated
        }),
        (boxed(), boxed(), any::<bool>()).prop_map(|(value, pattern, negated)| Expr::Like {
            value,
            pattern,
            negated
        }),
        (boxed(), boxed(), boxed(), any::<bool>())
            .prop_map(|(value, low, high, negated)| Expr::Between { value, low, high, negated }),
        some(2..4).prop_map(|args| Expr::Call { name: "coalesce".to_owned(), args }),
        (name, inner.clone())
            .prop_map(|(table, filter)| Expr::Exists { table, filter: Box::new(filter) }),
    ]
}

pub(crate) fn any_comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ])
}

fn any_operator() -> impl Strategy<Value = Operator> {
    prop::sample::select(vec![
        Operator::Add,
        Operator::Subtract,
        Operator::Multiply,
        Operator::Divide,
        Operator::Remainder,
        Operator::Concatenate,
    ])
}
