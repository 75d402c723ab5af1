//! Writes an expression back in the words of the language; what is written parses to the same.

use super::parse::KEYWORDS;
use super::{Expr, Operator};
use std::fmt::{self, Display, Formatter, Write as _};

/// How tightly an expression binds; an operand that binds less gets brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Concatenation,
    Sum,
    Product,
    Value,
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { name, outer } => {
                f.write_str(if *outer { "row." } else { "" })?;
                name_or_quoted(name, f)
            }
            Self::Null => f.write_str("null"),
            Self::Bool(it) => write!(f, "{it}"),
            Self::Number(it) => f.write_str(it),
            Self::Text(it) => write!(f, "'{}'", it.replace('\'', "''")),
            Self::CurrentUser => f.write_str("currentUser()"),
            Self::CurrentRole => f.write_str("currentRole()"),
            Self::Now => f.write_str("now()"),
            Self::Not(it) => {
                f.write_str("not ")?;
                operand(it, Binding::Not, f)
            }
            Self::And(parts) => chain(parts, " and ", Binding::Not, f),
            Self::Or(parts) => chain(parts, " or ", Binding::And, f),
            Self::Compare { op, left, right } => {
                operand(left, Binding::Concatenation, f)?;
                write!(f, " {} ", op.sign())?;
                operand(right, Binding::Concatenation, f)
            }
            Self::Arithmetic { op, left, right } => {
                let own = binding(self);
                operand(left, own, f)?;
                write!(f, " {} ", op.sign())?;
                operand(right, tighter(own), f)
            }
            Self::IsNull { value, negated } => {
                operand(value, Binding::Concatenation, f)?;
                f.write_str(if *negated { " is not null" } else { " is null" })
            }
            Self::In { value, list, negated } => {
                operand(value, Binding::Concatenation, f)?;
                f.write_str(if *negated { " not in (" } else { " in (" })?;
                chain(list, ", ", Binding::Or, f)?;
                f.write_char(')')
            }
            Self::Like { value, pattern, negated } => {
                operand(value, Binding::Concatenation, f)?;
                f.write_str(if *negated { " not like " } else { " like " })?;
                operand(pattern, Binding::Concatenation, f)
            }
            Self::Between { value, low, high, negated } => {
                operand(value, Binding::Concatenation, f)?;
                f.write_str(if *negated { " not between " } else { " between " })?;
                operand(low, Binding::Concatenation, f)?;
                f.write_str(" and ")?;
                operand(high, Binding::Concatenation, f)
            }
            Self::Call { name, args } => {
                write!(f, "{name}(")?;
                chain(args, ", ", Binding::Or, f)?;
                f.write_char(')')
            }
            Self::Exists { table, filter } => {
                f.write_str("exists(")?;
                name_or_quoted(table, f)?;
                write!(f, " where {filter})")
            }
        }
    }
}

fn binding(expr: &Expr) -> Binding {
    match expr {
        Expr::Or(_) => Binding::Or,
        Expr::And(_) => Binding::And,
        Expr::Not(_) => Binding::Not,
        Expr::Compare { .. }
        | Expr::IsNull { .. }
        | Expr::In { .. }
        | Expr::Like { .. }
        | Expr::Between { .. } => Binding::Comparison,
        Expr::Arithmetic { op, .. } => match op {
            Operator::Concatenate => Binding::Concatenation,
            Operator::Add | Operator::Subtract => Binding::Sum,
            Operator::Multiply | Operator::Divide | Operator::Remainder => Binding::Product,
        },
        _ => Binding::Value,
    }
}

fn tighter(than: Binding) -> Binding {
    match than {
        Binding::Or => Binding::And,
        Binding::And => Binding::Not,
        Binding::Not => Binding::Comparison,
        Binding::Comparison => Binding::Concatenation,
        Binding::Concatenation => Binding::Sum,
        Binding::Sum => Binding::Product,
        Binding::Product | Binding::Value => Binding::Value,
    }
}

fn operand(expr: &Expr, at_least: Binding, f: &mut Formatter<'_>) -> fmt::Result {
    if binding(expr) < at_least { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

fn chain(parts: &[Expr], between: &str, at_least: Binding, f: &mut Formatter<'_>) -> fmt::Result {
    for (idx, part) in parts.iter().enumerate() {
        f.write_str(if idx == 0 { "" } else { between })?;
        operand(part, at_least, f)?;
    }
    Ok(())
}

fn name_or_quoted(name: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let mut chars = name.chars();
    let is_plain = chars.next().is_some_and(|it| it == '_' || it.is_alphabetic())
        && chars.all(|it| it == '_' || it.is_alphanumeric());
    let lower = name.to_ascii_lowercase();
    let is_taken =
        KEYWORDS.contains(&lower.as_str()) || lower == "select" || lower.starts_with("current_");
    if is_plain && !is_taken {
        f.write_str(name)
    } else {
        write!(f, "\"{}\"", name.replace('"', "\"\""))
    }
}
