//! Computes an expression in plain Rust with the three truth values of SQL.
//!
//! It shares no text with the renderer: tests hold both engines against it, and the reach of a
//! policy ([`crate::policy`]) is computed with it.

use super::check::{Kind, Typer, canonical};
use super::parse::Place;
use super::{Comparison, Cx, Expr, Operator};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A value of a row. Moments, dates and uuids are text in the form in which SQLite keeps them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
}

/// Column names and values; a column that is missing is `NULL`.
pub type Row = BTreeMap<String, Value>;

/// What an expression may look at.
#[derive(Debug, Clone, Default)]
pub struct Database {
    pub rows: BTreeMap<String, Vec<Row>>,
    /// The signed-in user's id, for `currentUser()`.
    pub user: Option<Value>,
    pub role: Option<String>,
    /// For `now()`, in the form in which SQLite keeps moments.
    pub now: String,
}

/// The value of `expr` for `row` of the table of `cx`; truth values are [`Value::Bool`] or `NULL`.
#[must_use]
pub fn eval(expr: &Expr, cx: &Cx<'_>, database: &Database, row: &Row) -> Value {
    Evaluator { cx, database, row, inner: Vec::new() }.value(expr)
}

struct Evaluator<'a> {
    cx: &'a Cx<'a>,
    database: &'a Database,
    row: &'a Row,
    inner: Vec<(String, &'a Row)>,
}

impl<'a> Evaluator<'a> {
    fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Column { name, outer } => self.column(name, *outer),
            Expr::Null => Value::Null,
            Expr::Bool(it) => Value::Bool(*it),
            Expr::Number(it) => number(it),
            Expr::Text(it) => Value::Text(it.clone()),
            Expr::CurrentUser => self.database.user.clone().unwrap_or(Value::Null),
            Expr::CurrentRole => self.database.role.clone().map_or(Value::Null, Value::Text),
            Expr::Now => Value::Text(self.database.now.clone()),
            Expr::Arithmetic { op, left, right } => {
                arithmetic(*op, &self.value(left), &self.value(right))
            }
            Expr::Call { name, args } => self.call(name, args),
            _ => self.truth(expr).map_or(Value::Null, Value::Bool),
        }
    }

    fn truth(&self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::Not(it) => self.truth(it).map(|it| !it),
            Expr::And(parts) => self.any(parts.iter(), false).map(|it| !it),
            Expr::Or(parts) => self.any(parts.iter(), true),
            Expr::Compare { op, left, right } => self.compare(*op, left, right),
            Expr::IsNull { value, negated } => Some((self.value(value) == Value::Null) != *negated),
            Expr::In { value, list, negated } => {
                let equal: Vec<Option<bool>> =
                    list.iter().map(|it| self.compare(Comparison::Equal, value, it)).collect();
                any_of(&equal).map(|it| it != *negated)
            }
            Expr::Between { value, low, high, negated } => {
                let above = self.compare(Comparison::GreaterOrEqual, value, low);
                let below = self.compare(Comparison::LessOrEqual, value, high);
                let outside = any_of(&[above.map(|it| !it), below.map(|it| !it)]);
                outside.map(|it| it == *negated)
            }
            Expr::Like { value, pattern, negated } => {
                let (Value::Text(value), Value::Text(pattern)) =
                    (self.value(value), self.value(pattern))
                else {
                    return None;
                };
                let value: Vec<char> = value.chars().collect();
                let pattern: Vec<char> = pattern.chars().collect();
                Some(matches(&value, &pattern) != *negated)
            }
            Expr::Exists { table, filter } => Some(self.exists(table, filter)),
            other => match self.value(other) {
                Value::Bool(it) => Some(it),
                Value::Int(it) => Some(it != 0),
                _ => None,
            },
        }
    }

    /// Whether one is `wanted`; unknown when none is, and one is unknown.
    fn any<'e>(&self, parts: impl Iterator<Item = &'e Expr>, wanted: bool) -> Option<bool> {
        let truths: Vec<Option<bool>> =
            parts.map(|it| self.truth(it).map(|it| it == wanted)).collect();
        any_of(&truths)
    }

    fn exists(&self, table: &str, filter: &Expr) -> bool {
        let rows = self.database.rows.get(table).map_or(&[][..], Vec::as_slice);
        rows.iter().any(|row| {
            let mut inner = self.inner.clone();
            inner.push((table.to_owned(), row));
            let within = Self { cx: self.cx, database: self.database, row: self.row, inner };
            within.truth(filter) == Some(true)
        })
    }

    fn column(&self, name: &str, outer: bool) -> Value {
        let row = match self.inner.last() {
            Some((_, row)) if !outer => row,
            _ => self.row,
        };
        row.get(name).cloned().unwrap_or(Value::Null)
    }

    fn kind(&self, expr: &Expr) -> Kind<'a> {
        let tables: Vec<String> = self.inner.iter().map(|it| it.0.clone()).collect();
        Typer::within(self.cx, &tables).kind(expr, &Place::default())
    }

    fn compare(&self, op: Comparison, left: &Expr, right: &Expr) -> Option<bool> {
        let a = self.typed(left, right);
        let b = self.typed(right, left);
        let order = order(&a, &b)?;
        Some(match op {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        })
    }

    /// The value of `expr`; a text constant is read as what it stands beside.
    fn typed(&self, expr: &Expr, beside: &Expr) -> Value {
        match (expr, self.value(expr)) {
            (Expr::Text(_), Value::Text(text)) => {
                Value::Text(canonical(&text, &self.kind(beside)).unwrap_or(text))
            }
            (_, value) => value,
        }
    }

    fn call(&self, name: &str, args: &[Expr]) -> Value {
        match (name, args) {
            ("coalesce", _) => {
                let other = args.iter().find(|it| !matches!(it, Expr::Text(_)));
                let values = args.iter().map(|it| self.typed(it, other.unwrap_or(it)));
                values.into_iter().find(|it| *it != Value::Null).unwrap_or(Value::Null)
            }
            ("nullif", [left, right]) => match self.compare(Comparison::Equal, left, right) {
                Some(true) => Value::Null,
                _ => self.typed(left, right),
            },
            _ => {
                let values: Vec<Value> = args.iter().map(|it| self.value(it)).collect();
                simple_call(name, &values)
            }
        }
    }
}

fn any_of(truths: &[Option<bool>]) -> Option<bool> {
    if truths.contains(&Some(true)) {
        return Some(true);
    }
    if truths.contains(&None) { None } else { Some(false) }
}

fn number(digits: &str) -> Value {
    match digits.parse::<i64>() {
        Ok(it) => Value::Int(it),
        Err(_) => digits.parse::<f64>().map_or(Value::Null, Value::Double),
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Double(b)) => (*a as f64).partial_cmp(b),
        (Value::Double(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        _ => None,
    }
}

fn arithmetic(op: Operator, left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) if op == Operator::Concatenate => {
            Value::Text(format!("{a}{b}"))
        }
        (Value::Int(a), Value::Int(b)) => {
            let result = match op {
                Operator::Add => a.checked_add(*b),
                Operator::Subtract => a.checked_sub(*b),
                Operator::Multiply => a.checked_mul(*b),
                Operator::Divide => a.checked_div(*b),
                Operator::Remainder => a.checked_rem(*b),
                Operator::Concatenate => None,
            };
            result.map_or(Value::Null, Value::Int)
        }
        _ => Value::Null,
    }
}

fn simple_call(name: &str, values: &[Value]) -> Value {
    match (name, values) {
        ("abs", [Value::Int(it)]) => it.checked_abs().map_or(Value::Null, Value::Int),
        ("length", [Value::Text(it)]) => {
            Value::Int(i64::try_from(it.chars().count()).unwrap_or(i64::MAX))
        }
        ("lower", [Value::Text(it)]) => Value::Text(it.to_ascii_lowercase()),
        ("upper", [Value::Text(it)]) => Value::Text(it.to_ascii_uppercase()),
        ("trim", [Value::Text(it)]) => Value::Text(it.trim_matches(' ').to_owned()),
        ("ltrim", [Value::Text(it)]) => Value::Text(it.trim_start_matches(' ').to_owned()),
        ("rtrim", [Value::Text(it)]) => Value::Text(it.trim_end_matches(' ').to_owned()),
        ("replace", [Value::Text(it), Value::Text(from), Value::Text(to)]) => {
            let empty = from.is_empty();
            Value::Text(if empty { it.clone() } else { it.replace(from.as_str(), to) })
        }
        ("substr", [Value::Text(it), Value::Int(from), Value::Int(n)]) => {
            let from = usize::try_from(from - 1).unwrap_or(0);
            Value::Text(it.chars().skip(from).take(usize::try_from(*n).unwrap_or(0)).collect())
        }
        _ => Value::Null,
    }
}

/// Whether `value` is of the pattern of `like`, in linear space and at most quadratic time.
fn matches(value: &[char], pattern: &[char]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut retry = None;
    while at < value.len() {
        match pattern.get(of) {
            Some('%') => {
                retry = Some((at, of + 1));
                of += 1;
            }
            Some(it) if *it == '_' || *it == value[at] => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((from, after)) = retry else { return false };
                retry = Some((from + 1, after));
                (at, of) = (from + 1, after);
            }
        }
    }
    pattern[of..].iter().all(|it| *it == '%')
}
