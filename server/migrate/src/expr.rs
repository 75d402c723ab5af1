//! Typed expressions of the language: defaults, checks, index filters and policies.
//!
//! An expression means the same on every engine; what cannot, is not in it.

/// A value of a row, a constant, or something computed from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A column of the row at hand; in [`Expr::Exists`] the inner row's, with `outer` for the row at hand.
    Column {
        name: String,
        outer: bool,
    },
    Null,
    Bool(bool),
    /// As written: digits, sign, point, exponent.
    Number(String),
    Text(String),
    /// The signed-in user's id, `NULL` for a guest: `currentUser()`.
    CurrentUser,
    /// The signed-in user's role, `NULL` for a guest: `currentRole()`.
    CurrentRole,
    /// The moment of the statement: `now()`.
    Now,
    Not(Box<Expr>),
    And(Vec<Expr>),
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
    /// A function that both engines have (`lower`, `upper`, `length`, `coalesce`, `abs`, `trim`, …).
    Call {
        name: String,
        args: Vec<Expr>,
    },
    /// Whether `table` has a row for which `filter` holds.
    Exists {
        table: String,
        filter: Box<Expr>,
    },
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concatenate,
}
