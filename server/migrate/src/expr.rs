//! Typed expressions of the language: defaults, checks, index filters and policies.
//!
//! An expression means the same on every engine; what cannot, is not in it. [`parse`] reads one,
//! [`check()`] types it against a schema and refuses what the engines would disagree about,
//! [`render()`] writes it for a dialect, and [`eval()`] computes it in plain Rust, so that tests
//! have a third opinion. Which rows a policy is for is decided in [`crate::policy`].
//!
//! What is written to make the engines agree:
//!
//! | written | SQLite | PostgreSQL |
//! | --- | --- | --- |
//! | a boolean column alone | `"flag" = 1` (an index is used) | `"flag"` |
//! | text `<`, `lower`, `upper` | as it is: bytes, ASCII | `collate "C"` |
//! | `like 'a%'` | `glob 'a*'`: upper and lower case differ | `like 'a%' escape ''`: no escapes |
//! | `/` and `%` of integers | as they are: towards zero | by `nullif(…, 0)`, in `bigint` |
//! | `now()` | `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')` | `now()` |
//!
//! A moment is stored by SQLite as text of that one form, in UTC with three decimals; a uuid as
//! lower-case text with hyphens; a boolean as 0 or 1; a date as `YYYY-MM-DD`.
//!
//! Refused, because no rewriting makes the engines agree: arithmetic on anything but integers that
//! provably fit 64 bits, patterns of `like` that are not constants, order among words of an enum or
//! booleans, comparison of different types, anything of a JSON, byte, list or vector value but
//! `is null`.

mod check;
mod display;
mod eval;
mod lex;
mod parse;
mod render;
#[cfg(test)]
pub(crate) mod testing;

pub use crate::expr::check::{Cx, Use, check, user_id_type, users_table};
pub use crate::expr::eval::{Database, Row, Value, eval};
pub use crate::expr::parse::{MAX_DEPTH, MAX_NODES, Place, Placed, parse, parse_placed};
pub(crate) use crate::expr::render::{Renderer, kind_sql};
pub use crate::expr::render::{default_sql, quote_ident, quote_text, render};

use model::Span;

/// A value of a row, a constant, or something computed from them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A column of the innermost row: the row at hand, or in [`Expr::Exists`] the row of its
    /// table. `outer` is the row at hand seen from within an [`Expr::Exists`], written `row.name`.
    Column {
        name: String,
        outer: bool,
    },
    Null,
    Bool(bool),
    /// As written: an optional `-`, digits, at most one point, at most one exponent.
    Number(String),
    Text(String),
    /// The signed-in user's id, `NULL` for a guest: `currentUser()`.
    CurrentUser,
    /// The signed-in user's role, `NULL` for a guest: `currentRole()`.
    CurrentRole,
    /// The moment of the statement: `now()`.
    Now,
    Not(Box<Expr>),
    /// Two or more.
    And(Vec<Expr>),
    /// Two or more.
    Or(Vec<Expr>),
    Compare {
        op: Comparison,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `+ - * / %` and `||`.
    Arithmetic {
        op: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    IsNull {
        value: Box<Expr>,
        negated: bool,
    },
    /// `list` has one or more.
    In {
        value: Box<Expr>,
        list: Vec<Expr>,
        negated: bool,
    },
    Like {
        value: Box<Expr>,
        pattern: Box<Expr>,
        negated: bool,
    },
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        negated: bool,
    },
    /// A function that both engines have; the name is in lower case.
    Call {
        name: String,
        args: Vec<Expr>,
    },
    /// Whether `table` has a row for which `filter` holds, whoever may see that row.
    Exists {
        table: String,
        filter: Box<Expr>,
    },
}

impl Expr {
    /// A column of the innermost row.
    #[must_use]
    pub fn column(name: impl Into<String>) -> Self {
        Self::Column { name: name.into(), outer: false }
    }

    #[must_use]
    pub fn compare(left: Self, op: Comparison, right: Self) -> Self {
        Self::Compare { op, left: Box::new(left), right: Box::new(right) }
    }

    /// `true` when all hold; flattens, and drops what is always true.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::And(inner) => flat.extend(inner),
                Self::Bool(true) => {}
                other if flat.contains(&other) => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            _ if flat.contains(&Self::Bool(false)) => Self::Bool(false),
            0 => Self::Bool(true),
            1 => flat.remove(0),
            _ => Self::And(flat),
        }
    }

    /// `true` when one holds; flattens, and drops what is never true.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::Or(inner) => flat.extend(inner),
                Self::Bool(false) => {}
                other if flat.contains(&other) => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            _ if flat.contains(&Self::Bool(true)) => Self::Bool(true),
            0 => Self::Bool(false),
            1 => flat.remove(0),
            _ => Self::Or(flat),
        }
    }

    /// What it is made of, in reading order.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column { .. }
            | Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::CurrentUser
            | Self::CurrentRole
            | Self::Now => Vec::new(),
            Self::Not(it) | Self::IsNull { value: it, .. } | Self::Exists { filter: it, .. } => {
                vec![it]
            }
            Self::And(list) | Self::Or(list) | Self::Call { args: list, .. } => {
                list.iter().collect()
            }
            Self::Compare { left, right, .. } | Self::Arithmetic { left, right, .. } => {
                vec![left, right]
            }
            Self::In { value, list, .. } => std::iter::once(&**value).chain(list.iter()).collect(),
            Self::Like { value, pattern, .. } => vec![value, pattern],
            Self::Between { value, low, high, .. } => vec![value, low, high],
        }
    }

    /// Calls `visit` for this and everything in it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    /// Whether `test` holds for this or anything in it.
    #[must_use]
    pub fn contains(&self, test: impl Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |it| found |= test(it));
        found
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// As both dialects write it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks which of two comes first, and not only whether they are the same.
    #[must_use]
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concatenate,
}

impl Operator {
    /// As both dialects write it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Concatenate => "||",
        }
    }
}

/// Something wrong in an expression; the span is in the text that was parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    pub span: Span,
    /// A fragment: "no column `titel` in `posts`".
    pub message: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

impl ExprError {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
