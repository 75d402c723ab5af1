//! Types of expressions, and what the engines would disagree about.
//!
//! A type here is a class of values that compare in one way on both engines. Integers carry the
//! range that they provably stay in: arithmetic is allowed while that fits 64 bits.

use super::parse::Place;
use super::{Comparison, Expr, ExprError, Operator};
use crate::schema::{Schema, Table, Type, USERS};
use model::Span;
use std::ops::RangeInclusive;

/// What an expression may see.
#[derive(Debug, Clone, Copy)]
pub struct Cx<'a> {
    /// For the tables of `exists` and the type of a user's id.
    pub schema: &'a Schema,
    /// The table of the row at hand; it need not be in `schema`.
    pub table: &'a Table,
    pub purpose: Use<'a>,
}

/// What an expression is for: it decides what may be in it and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use<'a> {
    /// A constant or `now()` that a column of this type can hold.
    Default(&'a Type),
    /// A condition on one row that never changes its mind.
    Check,
    /// As [`Use::Check`].
    IndexFilter,
    /// Any value of one row.
    IndexKey,
    /// A condition that may ask who is asking, what time it is, and for rows of other tables.
    Policy,
}

impl Use<'_> {
    fn word(self) -> &'static str {
        match self {
            Self::Default(_) => "a default",
            Self::Check => "a check",
            Self::IndexFilter => "the filter of an index",
            Self::IndexKey => "a key of an index",
            Self::Policy => "a policy",
        }
    }
}

/// A function that both engines compute alike.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) arity: RangeInclusive<usize>,
}

impl Function {
    pub(super) fn arity_words(&self) -> String {
        match (self.arity.start(), self.arity.end()) {
            (1, 1) => "one argument".to_owned(),
            (low, high) if low == high => format!("{low} arguments"),
            (low, high) => format!("{low} to {high} arguments"),
        }
    }
}

pub(super) const FUNCTIONS: [Function; 11] = [
    Function { name: "abs", arity: 1..=1 },
    Function { name: "coalesce", arity: 2..=16 },
    Function { name: "length", arity: 1..=1 },
    Function { name: "lower", arity: 1..=1 },
    Function { name: "ltrim", arity: 1..=1 },
    Function { name: "nullif", arity: 2..=2 },
    Function { name: "replace", arity: 3..=3 },
    Function { name: "rtrim", arity: 1..=1 },
    Function { name: "substr", arity: 3..=3 },
    Function { name: "trim", arity: 1..=1 },
    Function { name: "upper", arity: 1..=1 },
];

pub(super) fn function_names() -> String {
    let mut names: Vec<String> = FUNCTIONS.iter().map(|it| format!("`{}`", it.name)).collect();
    names.extend(["`now`", "`currentUser`", "`currentRole`"].map(str::to_owned));
    names.join(", ")
}

/// The type of a user's id: the primary key of the table of users, when there is one.
#[must_use]
pub fn user_id_type(schema: &Schema) -> Option<&Type> {
    let table = users_table(schema)?;
    let [key] = table.primary_key.as_slice() else { return None };
    table.columns.iter().find(|it| it.name == *key).map(|it| &it.kind)
}

/// The table of users, by the names that such tables have.
#[must_use]
pub fn users_table(schema: &Schema) -> Option<&Table> {
    const NAMES: [&str; 6] = [USERS, "user", "app_users", "profiles", "accounts", "people"];
    NAMES.iter().find_map(|name| schema.tables.iter().find(|it| it.name.eq_ignore_ascii_case(name)))
}

/// What is wrong with `expr` for its purpose; empty when it means the same on every engine.
#[must_use]
pub fn check(expr: &Expr, place: &Place, cx: &Cx<'_>) -> Vec<ExprError> {
    let mut typer = Typer::new(cx);
    let kind = typer.kind(expr, place);
    match cx.purpose {
        Use::Default(wanted) => typer.assign(expr, place, &kind, wanted),
        Use::Check | Use::IndexFilter | Use::Policy => typer.condition(&kind, place),
        Use::IndexKey => {}
    }
    typer.errors
}

/// A class of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// `null`, or something already complained about: fits everything.
    Unknown,
    Bool,
    /// The least and the greatest value.
    Int(i128, i128),
    Decimal,
    Single,
    Double,
    Text,
    /// A text constant: takes the type of what it stands beside.
    Literal,
    Words(&'a [String]),
    Uuid,
    Date,
    Time,
    Timestamp,
    Moment,
    /// A user's id where no table of users says its type: takes the type of what it stands beside.
    User,
    /// Nothing is portable but `is null`.
    Opaque(&'static str),
}

impl<'a> Kind<'a> {
    pub(super) fn of(kind: &'a Type) -> Self {
        let bits = |n: u32| Self::Int(-(1_i128 << (n - 1)), (1_i128 << (n - 1)) - 1);
        match kind {
            Type::Uuid => Self::Uuid,
            Type::Text | Type::Varchar(_) => Self::Text,
            Type::SmallInt => bits(16),
            Type::Integer => bits(32),
            Type::BigInt => bits(64),
            Type::Numeric(_) => Self::Decimal,
            Type::Real => Self::Single,
            Type::Double => Self::Double,
            Type::Boolean => Self::Bool,
            Type::Date => Self::Date,
            Type::Time => Self::Time,
            Type::Timestamp => Self::Timestamp,
            Type::TimestampTz => Self::Moment,
            Type::Enum(words) => Self::Words(words),
            Type::Json => Self::Opaque("json"),
            Type::Bytes => Self::Opaque("bytes"),
            Type::Vector(_) => Self::Opaque("a vector"),
            Type::Array(_) => Self::Opaque("a list"),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Bool => "boolean",
            Self::Int(..) => "an integer",
            Self::Decimal => "numeric",
            Self::Single => "real",
            Self::Double => "double",
            Self::Text | Self::Literal => "text",
            Self::Words(_) => "an enum",
            Self::Uuid => "uuid",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::Timestamp => "a timestamp",
            Self::Moment => "a timestamptz",
            Self::User => "a user's id",
            Self::Opaque(word) => word,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Literal | Self::Words(_))
    }
}

/// An operand with its place and type.
type Operand<'e, 'a> = (&'e Expr, &'e Place, Kind<'a>);

pub(super) struct Typer<'a> {
    cx: &'a Cx<'a>,
    /// The table of the innermost `exists`, `None` within one over an unknown table.
    inner: Vec<Option<&'a Table>>,
    errors: Vec<ExprError>,
}

impl<'a> Typer<'a> {
    pub(super) fn new(cx: &'a Cx<'a>) -> Self {
        Self { cx, inner: Vec::new(), errors: Vec::new() }
    }

    /// A typer for what stands within `exists` over `tables`, outermost first.
    pub(super) fn within(cx: &'a Cx<'a>, tables: &[String]) -> Self {
        let inner = tables.iter().map(|it| cx.schema.table(it)).collect();
        Self { cx, inner, errors: Vec::new() }
    }

    fn refuse(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.errors.push(ExprError::new(span, message).hint(hint));
    }

    fn condition(&mut self, kind: &Kind<'a>, place: &Place) {
        if matches!(kind, Kind::Bool | Kind::Unknown) {
            return;
        }
        let message = format!("expected a condition, found {}", kind.word());
        self.refuse(place.span, message, "compare it with something");
    }

    pub(super) fn kind(&mut self, expr: &Expr, place: &Place) -> Kind<'a> {
        match expr {
            Expr::Column { name, outer } => self.column(name, *outer, place),
            Expr::Null => Kind::Unknown,
            Expr::Bool(_) => Kind::Bool,
            Expr::Number(digits) => self.number(digits, place),
            Expr::Text(_) => Kind::Literal,
            Expr::CurrentUser => {
                self.only_in_policies("currentUser()", place);
                user_id_type(self.cx.schema).map_or(Kind::User, Kind::of)
            }
            Expr::CurrentRole => {
                self.only_in_policies("currentRole()", place);
                Kind::Text
            }
            Expr::Now => self.now(place),
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) => {
                for (idx, part) in expr.children().into_iter().enumerate() {
                    let kind = self.kind(part, place.child(idx));
                    self.condition(&kind, place.child(idx));
                }
                Kind::Bool
            }
            Expr::Compare { op, .. } => {
                let sides = self.operands(expr, place);
                self.comparison(*op, &sides[0], &sides[1], place);
                Kind::Bool
            }
            Expr::In { .. } => {
                let operands = self.operands(expr, place);
                for item in &operands[1..] {
                    self.comparison(Comparison::Equal, &operands[0], item, place);
                }
                Kind::Bool
            }
            Expr::Between { .. } => {
                let operands = self.operands(expr, place);
                for end in &operands[1..] {
                    self.comparison(Comparison::LessOrEqual, &operands[0], end, place);
                }
                Kind::Bool
            }
            Expr::IsNull { value, .. } => {
                self.kind(value, place.child(0));
                Kind::Bool
            }
            Expr::Like { value, pattern, .. } => {
                self.like(value, pattern, place);
                Kind::Bool
            }
            Expr::Arithmetic { op, .. } => {
                let sides = self.operands(expr, place);
                self.arithmetic(*op, &sides[0], &sides[1], place)
            }
            Expr::Call { name, .. } => {
                let args = self.operands(expr, place);
                self.call(name, &args, place)
            }
            Expr::Exists { table, filter } => self.exists(table, filter, place),
        }
    }

    fn operands<'e>(&mut self, expr: &'e Expr, place: &'e Place) -> Vec<Operand<'e, 'a>> {
        let children = expr.children().into_iter().enumerate();
        children.map(|(idx, it)| (it, place.child(idx), self.kind(it, place.child(idx)))).collect()
    }

    fn only_in_policies(&mut self, what: &str, place: &Place) {
        if self.cx.purpose != Use::Policy {
            let message = format!("{what} is not known in {}", self.cx.purpose.word());
            self.refuse(place.span, message, "only a policy asks who is asking");
        }
    }

    fn now(&mut self, place: &Place) -> Kind<'a> {
        if !matches!(self.cx.purpose, Use::Policy | Use::Default(_)) {
            let message = format!("`now()` changes, and {} may not", self.cx.purpose.word());
            self.refuse(place.span, message, "keep the moment in a column, or ask in a policy");
        }
        Kind::Moment
    }

    fn column(&mut self, name: &str, outer: bool, place: &Place) -> Kind<'a> {
        if let Use::Default(_) = self.cx.purpose {
            let message = format!("a default sees no row: `{name}` is no value");
            self.refuse(place.span, message, "write text in single quotes");
            return Kind::Unknown;
        }
        let inner = self.inner.last().copied();
        let table = match inner {
            Some(inner) if !outer => inner,
            _ => Some(self.cx.table),
        };
        let Some(table) = table else { return Kind::Unknown };
        if let Some(column) = table.columns.iter().find(|it| it.name == name) {
            return Kind::of(&column.kind);
        }
        let message = format!("no column `{name}` in `{}`", table.name);
        let of_outer = self.cx.table.columns.iter().any(|it| it.name == name);
        let hint = if inner.is_some() && !outer && of_outer {
            format!("the column of the row at hand is `row.{name}`")
        } else {
            let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
            format!("it has {}", names.join(", "))
        };
        self.refuse(place.span, message, hint);
        Kind::Unknown
    }

    fn number(&mut self, digits: &str, place: &Place) -> Kind<'a> {
        if let Ok(value) = digits.parse::<i64>() {
            return Kind::Int(value.into(), value.into());
        }
        let is_integer = !digits.contains(['.', 'e', 'E']);
        let mantissa = digits.split(['e', 'E']).next().unwrap_or(digits);
        let figures = mantissa.trim_start_matches(['-', '0', '.']).bytes();
        let n_figures = figures.filter(u8::is_ascii_digit).count();
        let exponent = digits.split(['e', 'E']).nth(1).map_or(Ok(0), str::parse::<i32>);
        let is_small = exponent.is_ok_and(|it| it.abs() <= 15);
        if is_integer || n_figures > 15 || !is_small {
            let message = format!("`{digits}` is beyond what every engine keeps exactly");
            let hint = "an integer has 64 bits, any other number 15 figures";
            self.refuse(place.span, message, hint);
            return Kind::Unknown;
        }
        Kind::Decimal
    }

    fn comparison(
        &mut self,
        op: Comparison,
        left: &Operand<'_, 'a>,
        right: &Operand<'_, 'a>,
        place: &Place,
    ) {
        for (expr, at, kind) in [left, right] {
            if **expr == Expr::Null {
                self.refuse(at.span, "nothing equals `null`", "write `is null` or `is not null`");
                return;
            }
            if let Kind::Opaque(what) = kind {
                let message = format!("{what} does not compare in the same way everywhere");
                self.refuse(at.span, message, "only `is null` and `is not null` are portable");
                return;
            }
        }
        let Some(kind) = self.unify(left, right, place) else { return };
        self.single_precision(op, left, right);
        let is_unordered = matches!(kind, Kind::Bool | Kind::Words(_));
        if op.is_order() && is_unordered {
            let message = format!("{} has no order that every engine keeps", kind.word());
            self.refuse(place.span, message, "compare with `=`, `<>` or `in (…)`");
        }
    }

    /// The type that both can be compared in.
    fn unify(
        &mut self,
        left: &Operand<'_, 'a>,
        right: &Operand<'_, 'a>,
        place: &Place,
    ) -> Option<Kind<'a>> {
        let kind = match (&left.2, &right.2) {
            (Kind::Unknown, _) | (_, Kind::Unknown) => return None,
            (Kind::Int(a, b), Kind::Int(c, d)) => Kind::Int(*a.min(c), *b.max(d)),
            (a, b) if a == b => a.clone(),
            (Kind::Literal, other) => return self.literal(left, other),
            (other, Kind::Literal) => return self.literal(right, other),
            (Kind::User, other @ (Kind::Uuid | Kind::Text | Kind::Int(..)))
            | (other @ (Kind::Uuid | Kind::Text | Kind::Int(..)), Kind::User) => other.clone(),
            (Kind::Words(_), Kind::Text | Kind::Words(_)) | (Kind::Text, Kind::Words(_)) => {
                Kind::Text
            }
            (Kind::Int(..), Kind::Decimal) | (Kind::Decimal, Kind::Int(..)) => Kind::Decimal,
            (Kind::Single | Kind::Double, _) if is_number(right.0) => left.2.clone(),
            (_, Kind::Single | Kind::Double) if is_number(left.0) => right.2.clone(),
            _ => {
                self.mismatch(left, right, place);
                return None;
            }
        };
        Some(kind)
    }

    fn mismatch(&mut self, left: &Operand<'_, 'a>, right: &Operand<'_, 'a>, place: &Place) {
        let (a, b) = (left.2.word(), right.2.word());
        let message = format!("`{}` is {a}, `{}` is {b}", left.0, right.0);
        let asks_user = [left.0, right.0].contains(&&Expr::CurrentUser);
        let hint = if asks_user {
            "the column must have the type of the key of the table of users"
        } else {
            "compare values of one type; engines convert in different ways"
        };
        self.refuse(place.span, message, hint);
    }

    /// A constant beside a value of type `kind`: it must be readable as one.
    fn literal(&mut self, constant: &Operand<'_, 'a>, kind: &Kind<'a>) -> Option<Kind<'a>> {
        let Expr::Text(text) = constant.0 else { return Some(kind.clone()) };
        let fits = match kind {
            Kind::Text | Kind::Literal | Kind::User | Kind::Unknown => Ok(()),
            Kind::Words(words) if words.contains(text) => Ok(()),
            Kind::Words(words) => Err(format!("it is one of {}", words.join(", "))),
            Kind::Uuid | Kind::Date | Kind::Time | Kind::Timestamp | Kind::Moment => {
                canonical(text, kind).map(|_| ()).ok_or_else(|| example(kind).to_owned())
            }
            _ => Err("numbers and booleans are written without quotes".to_owned()),
        };
        if let Err(hint) = fits {
            let message = format!("'{text}' is not {}", with_article(kind));
            self.refuse(constant.1.span, message, hint);
            return None;
        }
        Some(kind.clone())
    }

    /// A `real` is kept in 32 bits by PostgreSQL and in 64 by SQLite: only what 32 bits hold
    /// exactly compares alike.
    fn single_precision(
        &mut self,
        op: Comparison,
        left: &Operand<'_, 'a>,
        right: &Operand<'_, 'a>,
    ) {
        for (this, other) in [(left, right), (right, left)] {
            if this.2 != Kind::Single {
                continue;
            }
            let constant = match other.0 {
                Expr::Number(digits) => digits.parse::<f64>().ok(),
                _ => None,
            };
            let is_exact = constant.is_some_and(|it| f64::from(it as f32) == it);
            if !is_exact || !op.is_order() {
                let message = format!("`{}` is real, which engines keep differently", this.0);
                self.refuse(other.1.span, message, "make the column `double` or `numeric`");
                return;
            }
        }
    }

    fn like(&mut self, value: &Expr, pattern: &Expr, place: &Place) {
        let kind = self.kind(value, place.child(0));
        if !kind.is_text() && kind != Kind::Unknown {
            let message = format!("`like` is for text, `{value}` is {}", kind.word());
            self.refuse(place.child(0).span, message, "compare it with `=`");
        }
        if !matches!(pattern, Expr::Text(_)) {
            let hint = "write the pattern as text in single quotes: 'draft-%'";
            self.refuse(place.child(1).span, "the pattern of `like` must be a constant", hint);
        }
    }

    fn arithmetic(
        &mut self,
        op: Operator,
        left: &Operand<'_, 'a>,
        right: &Operand<'_, 'a>,
        place: &Place,
    ) -> Kind<'a> {
        if op == Operator::Concatenate {
            return self.concatenation(left, right);
        }
        let (Kind::Int(a, b), Kind::Int(c, d)) = (&left.2, &right.2) else {
            if ![&left.2, &right.2].contains(&&Kind::Unknown) {
                let sign = op.sign();
                let (a, b) = (left.2.word(), right.2.word());
                let message = format!("`{sign}` of {a} and {b} is not exact on every engine");
                self.refuse(place.span, message, "only integers are computed with");
            }
            return Kind::Unknown;
        };
        let (low, high) = range(op, (*a, *b), (*c, *d));
        if low < i64::MIN.into() || high > i64::MAX.into() {
            let message = format!("`{} {} {}` can leave 64 bits", left.0, op.sign(), right.0);
            self.refuse(place.span, message, "compute with `integer` columns, or compare directly");
            return Kind::Unknown;
        }
        Kind::Int(low, high)
    }

    fn concatenation(&mut self, left: &Operand<'_, 'a>, right: &Operand<'_, 'a>) -> Kind<'a> {
        for (expr, at, kind) in [left, right] {
            if !kind.is_text() && *kind != Kind::Unknown {
                let message = format!("`||` joins text, `{expr}` is {}", kind.word());
                let hint = if *kind == Kind::Bool { "write `or`" } else { "only text is joined" };
                self.refuse(at.span, message, hint);
            }
        }
        Kind::Text
    }

    fn call(&mut self, name: &str, args: &[Operand<'_, 'a>], place: &Place) -> Kind<'a> {
        match name {
            "coalesce" | "nullif" => self.same_kind(args, place),
            "abs" => match args {
                [(_, _, Kind::Int(low, high))] => {
                    let greatest = low.abs().max(high.abs());
                    if greatest > i64::MAX.into() {
                        let hint = "`abs` is for `integer` and `smallint` columns";
                        self.refuse(place.span, "the result can leave 64 bits", hint);
                    }
                    Kind::Int(0, greatest)
                }
                _ => {
                    self.wanted(args, |it| matches!(it, Kind::Int(..)), "integers", name);
                    Kind::Unknown
                }
            },
            "length" => {
                self.wanted(args, Kind::is_text, "text", name);
                Kind::Int(0, i32::MAX.into())
            }
            "substr" => {
                self.wanted(&args[..1.min(args.len())], Kind::is_text, "text", name);
                for (least, it) in (0..).zip(args.iter().skip(1).rev()) {
                    self.constant_of_substr(it, least);
                }
                Kind::Text
            }
            _ => {
                self.wanted(args, Kind::is_text, "text", name);
                Kind::Text
            }
        }
    }

    /// Engines count from the end, or not, when an argument of `substr` is small or negative.
    fn constant_of_substr(&mut self, argument: &Operand<'_, 'a>, least: i64) {
        let value = match argument.0 {
            Expr::Number(digits) => digits.parse::<i64>().ok(),
            _ => None,
        };
        if !value.is_some_and(|it| (least..=i32::MAX.into()).contains(&it)) {
            let message = format!("`substr` needs a constant of at least {least} here");
            self.refuse(argument.1.span, message, "substr(text, first character from 1, how many)");
        }
    }

    fn wanted(
        &mut self,
        args: &[Operand<'_, 'a>],
        fits: impl Fn(&Kind<'a>) -> bool,
        what: &str,
        name: &str,
    ) {
        for (expr, at, kind) in args {
            if !fits(kind) && *kind != Kind::Unknown {
                let message = format!("`{name}` is for {what}, `{expr}` is {}", kind.word());
                self.refuse(at.span, message, format!("give `{name}` {what}"));
            }
        }
    }

    fn same_kind(&mut self, args: &[Operand<'_, 'a>], place: &Place) -> Kind<'a> {
        let opaque = args.iter().find_map(|it| match it.2 {
            Kind::Opaque(what) => Some(what),
            _ => None,
        });
        if let Some(what) = opaque {
            let message = format!("{what} is not computed with in the same way everywhere");
            self.refuse(place.span, message, "only `is null` and `is not null` are portable");
            return Kind::Unknown;
        }
        // The first that is not a bare constant gives the type.
        let adapts = |it: &Kind<'_>| matches!(it, Kind::Literal | Kind::Unknown | Kind::User);
        let first = args.iter().find(|it| !adapts(&it.2)).or(args.first());
        let Some(first) = first else { return Kind::Unknown };
        let mut kind = first.2.clone();
        for other in args {
            if matches!(other.2, Kind::Unknown) || std::ptr::eq(other, first) {
                continue;
            }
            match (&kind, &other.2) {
                (Kind::Decimal | Kind::Single | Kind::Double, Kind::Int(..))
                | (Kind::Int(..), Kind::Decimal | Kind::Single | Kind::Double) => {
                    self.mismatch(first, other, place);
                    return Kind::Unknown;
                }
                _ => {
                    let left = (first.0, first.1, kind.clone());
                    let Some(joined) = self.unify(&left, other, place) else {
                        return Kind::Unknown;
                    };
                    kind = joined;
                }
            }
        }
        kind
    }

    fn exists(&mut self, table: &str, filter: &Expr, place: &Place) -> Kind<'a> {
        if self.cx.purpose != Use::Policy {
            let message = format!("{} sees one row only", self.cx.purpose.word());
            self.refuse(place.span, message, "only a policy asks for rows of other tables");
        }
        let own = (self.cx.table.name == table).then_some(self.cx.table);
        let found = self.cx.schema.table(table).or(own);
        if found.is_none() {
            let names: Vec<&str> = self.cx.schema.tables.iter().map(|it| &*it.name).collect();
            let hint = format!("there are {}", names.join(", "));
            self.refuse(place.span, format!("no table `{table}`"), hint);
        }
        self.inner.push(found);
        let kind = self.kind(filter, place.child(0));
        self.condition(&kind, place.child(0));
        self.inner.pop();
        Kind::Bool
    }

    /// Whether a column of type `wanted` can hold the constant.
    fn assign(&mut self, expr: &Expr, place: &Place, kind: &Kind<'a>, wanted: &'a Type) {
        let column = Kind::of(wanted);
        let fits = match (&column, kind) {
            (_, Kind::Unknown) => true,
            (Kind::Int(low, high), Kind::Int(from, to)) => low <= from && to <= high,
            (Kind::Decimal | Kind::Single | Kind::Double, Kind::Int(..) | Kind::Decimal) => true,
            (Kind::Date | Kind::Timestamp, Kind::Moment) => false,
            (Kind::Opaque("json"), Kind::Literal) => true,
            (Kind::Opaque("a list"), Kind::Literal) => {
                matches!(expr, Expr::Text(it) if matches!(it.as_str(), "[]" | "{}"))
            }
            (column, Kind::Literal) if matches!(expr, Expr::Text(_)) => {
                self.literal(&(expr, place, Kind::Literal), column);
                true
            }
            (column, Kind::Literal) => column.is_text(),
            (Kind::Text, Kind::Text) => true,
            (a, b) => a == b,
        };
        if !fits {
            let message = format!("{} cannot start as `{expr}`", with_article(&column));
            let hint = match (&column, kind) {
                (Kind::Opaque("a list"), _) => "only the empty list '[]' is portable",
                (_, Kind::Moment) => "make the column `timestamptz`",
                _ => "write a constant of the column's type",
            };
            self.refuse(place.span, message, hint);
        }
    }
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Number(_))
}

fn with_article(kind: &Kind<'_>) -> String {
    match kind {
        Kind::Uuid => "a uuid".to_owned(),
        Kind::Words(_) => "a word of the enum".to_owned(),
        Kind::Bool => "a boolean".to_owned(),
        Kind::Decimal | Kind::Single | Kind::Double => format!("a {} number", kind.word()),
        other => other.word().to_owned(),
    }
}

fn example(kind: &Kind<'_>) -> &'static str {
    match kind {
        Kind::Uuid => "write '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f'",
        Kind::Date => "write '2026-03-31'",
        Kind::Time => "write '13:30:00'",
        Kind::Timestamp => "write '2026-03-31T13:30:00', with three decimals at most",
        _ => "write '2026-03-31T13:30:00Z', with a zone and three decimals at most",
    }
}

/// The bounds of a result of integers within bounds; an empty divisor gives `NULL`.
fn range(op: Operator, (a, b): (i128, i128), (c, d): (i128, i128)) -> (i128, i128) {
    let corners = |of: fn(i128, i128) -> i128| {
        let all = [of(a, c), of(a, d), of(b, c), of(b, d)];
        let low = all.iter().copied().min().unwrap_or(0);
        (low, all.iter().copied().max().unwrap_or(0))
    };
    match op {
        Operator::Add => (a + c, b + d),
        Operator::Subtract => (a - d, b - c),
        Operator::Multiply => corners(|x, y| x * y),
        // A quotient or remainder is at most as far from zero as the dividend.
        Operator::Divide | Operator::Remainder | Operator::Concatenate => {
            let far = a.abs().max(b.abs());
            (-far, far)
        }
    }
}

/// The one form in which SQLite keeps the value; `None` when `text` is not a value of `kind`.
pub(super) fn canonical(text: &str, kind: &Kind<'_>) -> Option<String> {
    use jiff::fmt::strtime::format;
    const MOMENT: &str = "%Y-%m-%dT%H:%M:%S.%3f";
    match kind {
        Kind::Uuid => {
            let hyphens: Vec<usize> = text.match_indices('-').map(|it| it.0).collect();
            let is_hex = text.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit());
            (text.len() == 36 && hyphens == [8, 13, 18, 23] && is_hex)
                .then(|| text.to_ascii_lowercase())
        }
        Kind::Date => {
            let is_bare = text.len() == 10;
            let date = text.parse::<jiff::civil::Date>().ok().filter(|_| is_bare)?;
            format("%Y-%m-%d", date).ok()
        }
        Kind::Time => {
            let time =
                text.parse::<jiff::civil::Time>().ok().filter(|it| whole(it.nanosecond()))?;
            (!text.contains('T')).then_some(())?;
            format("%H:%M:%S.%3f", time).ok()
        }
        Kind::Timestamp => {
            (!text.ends_with(['Z', 'z'])).then_some(())?;
            let at = text.parse::<jiff::civil::DateTime>().ok()?;
            (whole(at.nanosecond()) && (1..=9999).contains(&at.year())).then_some(())?;
            format(MOMENT, at).ok()
        }
        Kind::Moment => {
            let at =
                text.parse::<jiff::Timestamp>().ok().filter(|it| whole(it.subsec_nanosecond()))?;
            let at = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            (1..=9999).contains(&at.year()).then_some(())?;
            format(MOMENT, at).ok().map(|it| it + "Z")
        }
        _ => Some(text.to_owned()),
    }
}

/// Whether it is a whole number of milliseconds.
fn whole(nanosecond: impl Into<i64>) -> bool {
    nanosecond.into() % 1_000_000 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::testing::underline;
    use crate::expr::{parse_placed, render};
    use crate::plan::Dialect;
    use crate::policy::testing::{column, schema};
    use expect_test::{Expect, expect};

    /// What is wrong, or how both dialects write it.
    fn check_as(purpose: Use<'_>, text: &str, expect: Expect) {
        let mut schema = schema(&Type::Uuid);
        schema.tables[3].columns.extend([
            column("kind", Type::Enum(vec!["draft".to_owned(), "live".to_owned()])),
            column("views", Type::BigInt),
            column("price", Type::Numeric(Some((10, 2)))),
            column("rating", Type::Real),
            column("extra", Type::Json),
            column("day", Type::Date),
        ]);
        let table = &schema.tables[3];
        let cx = Cx { schema: &schema, table, purpose };
        let placed = parse_placed(text, Some("posts")).expect("it parses");
        let errors = check(&placed.expr, &placed.place, &cx);
        let shown = if errors.is_empty() {
            [Dialect::Sqlite, Dialect::Postgres]
                .map(|it| format!("{}: {}\n", it.word(), render(&placed.expr, &cx, it)))
                .concat()
        } else {
            underline(text, &errors)
        };
        expect.assert_eq(&shown);
    }

    fn check_policy(text: &str, expect: Expect) {
        check_as(Use::Policy, text, expect);
    }

    #[test]
    fn writes_conditions_so_that_indexes_are_used() {
        check_policy(
            "owner_id = currentUser() or flag",
            expect![[r#"
            sqlite: "owner_id" = auth_uid() or "flag" = 1
            postgres: "owner_id" = (select nullif(current_setting('app.user_id', true), '')::uuid) or "flag"
        "#]],
        );
        check_policy(
            "not flag and (currentRole() = 'admin' or flag is true)",
            expect![[r#"
            sqlite: "flag" = 0 and (auth_role() = 'admin' or coalesce("flag", 0) = 1)
            postgres: not ("flag") and ((select nullif(current_setting('app.role', true), '')) = 'admin' or coalesce("flag", false) = true)
        "#]],
        );
    }

    #[test]
    fn writes_text_by_bytes() {
        check_policy(
            "title < 'b' or lower(title) like 'a*%' and title = '\"x'",
            expect![[r#"
            sqlite: "title" < 'b' or (lower("title") glob 'a[*]*' and "title" = '"x')
            postgres: "title" collate "C" < 'b' or (lower("title" collate "C") like 'a*%' escape '' and "title" = '"x')
        "#]],
        );
    }

    #[test]
    fn writes_integers_in_64_bits() {
        check_policy(
            "score * 2 / score % -3 > abs(score)",
            expect![[r#"
            sqlite: ((("score" * 2) / "score") % (-3)) > abs("score")
            postgres: ((("score"::bigint * 2::bigint)::bigint / nullif("score"::bigint, 0))::bigint % nullif((-3)::bigint, 0)) > abs("score"::bigint)
        "#]],
        );
    }

    #[test]
    fn writes_constants_in_one_form() {
        check_policy(
            "id = '6F1E3C52-0D5C-4C5E-9C2F-0A1B2C3D4E5F' and made < '2026-03-31T13:30:00+02:00' and day = '2026-03-31'",
            expect![[r#"
                sqlite: "id" = '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f' and "made" < '2026-03-31T11:30:00.000Z' and "day" = '2026-03-31'
                postgres: "id" = '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f'::uuid and "made" < '2026-03-31T11:30:00.000Z'::timestamptz and "day" = '2026-03-31'::date
            "#]],
        );
        check_policy(
            "made <= now()",
            expect![[r#"
            sqlite: "made" <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
            postgres: "made" <= now()
        "#]],
        );
    }

    #[test]
    fn writes_rows_of_other_tables() {
        check_policy(
            "exists(members where team_id = row.team_id and exists(posts where id = row.id))",
            expect![[r#"
                sqlite: exists (select "inner_1"."owner_id" from "members" as "inner_1" where "inner_1"."team_id" = "posts"."team_id" and exists (select "inner_2"."owner_id" from "posts" as "inner_2" where "inner_2"."id" = "posts"."id"))
                postgres: exists (select 1 from "members" as "inner_1" where "inner_1"."team_id" = "posts"."team_id" and exists (select 1 from "posts" as "inner_2" where "inner_2"."id" = "posts"."id"))
            "#]],
        );
    }

    #[test]
    fn refuses_names_that_are_not_there() {
        check_policy(
            "titel = 'a' and exists(members where member_id = 1) and exists(nobody where true)",
            expect![[r#"
                titel = 'a' and exists(members where member_id = 1) and exists(nobody where true)
                ^^^^^ no column `titel` in `posts`
                  hint: it has id, owner_id, team_id, flag, title, score, made, kind, views, price, rating, extra, day
                                                     ^^^^^^^^^ no column `member_id` in `members`
                  hint: it has id, owner_id, team_id, flag, title, score, made
                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^ no table `nobody`
                  hint: there are users, teams, members, posts
            "#]],
        );
        check_policy(
            "exists(teams where title = 'a')",
            expect![[r#"
            exists(teams where title = 'a')
                               ^^^^^ no column `title` in `teams`
              hint: the column of the row at hand is `row.title`
        "#]],
        );
    }

    #[test]
    fn refuses_to_compare_different_types() {
        check_policy(
            "score = currentUser() or title = 1 or flag = 1 or score = '1'",
            expect![[r#"
            score = currentUser() or title = 1 or flag = 1 or score = '1'
            ^^^^^^^^^^^^^^^^^^^^^ `score` is an integer, `currentUser()` is uuid
              hint: the column must have the type of the key of the table of users
                                     ^^^^^^^^^ `title` is text, `1` is an integer
              hint: compare values of one type; engines convert in different ways
                                                  ^^^^^^^^ `flag` is boolean, `1` is an integer
              hint: compare values of one type; engines convert in different ways
                                                                      ^^^ '1' is not an integer
              hint: numbers and booleans are written without quotes
        "#]],
        );
        check_policy(
            "made < day or views = rating or id = 'abc' or kind = 'gone'",
            expect![[r#"
            made < day or views = rating or id = 'abc' or kind = 'gone'
            ^^^^^^^^^^ `made` is a timestamptz, `day` is a date
              hint: compare values of one type; engines convert in different ways
                          ^^^^^^^^^^^^^^ `views` is an integer, `rating` is real
              hint: compare values of one type; engines convert in different ways
                                                 ^^^^^ 'abc' is not a uuid
              hint: write '6f1e3c52-0d5c-4c5e-9c2f-0a1b2c3d4e5f'
                                                                 ^^^^^^ 'gone' is not a word of the enum
              hint: it is one of draft, live
        "#]],
        );
        check_policy(
            "title = null or extra = extra or title",
            expect![[r#"
            title = null or extra = extra or title
                    ^^^^ nothing equals `null`
              hint: write `is null` or `is not null`
                            ^^^^^ json does not compare in the same way everywhere
              hint: only `is null` and `is not null` are portable
                                             ^^^^^ expected a condition, found text
              hint: compare it with something
        "#]],
        );
    }

    #[test]
    fn refuses_what_engines_compute_differently() {
        check_policy(
            "views + 1 > 2 or price * 2 > 1 or rating >= 0.7 or kind < 'live'",
            expect![[r#"
            views + 1 > 2 or price * 2 > 1 or rating >= 0.7 or kind < 'live'
            ^^^^^^^^^ `views + 1` can leave 64 bits
              hint: compute with `integer` columns, or compare directly
                             ^^^^^^^^^ `*` of numeric and an integer is not exact on every engine
              hint: only integers are computed with
                                                        ^^^ `rating` is real, which engines keep differently
              hint: make the column `double` or `numeric`
                                                               ^^^^^^^^^^^^^ an enum has no order that every engine keeps
              hint: compare with `=`, `<>` or `in (…)`
        "#]],
        );
        check_policy(
            "title like kind or substr(title, 0, 1) = 'a' or flag < true",
            expect![[r#"
            title like kind or substr(title, 0, 1) = 'a' or flag < true
                       ^^^^ the pattern of `like` must be a constant
              hint: write the pattern as text in single quotes: 'draft-%'
                                             ^ `substr` needs a constant of at least 1 here
              hint: substr(text, first character from 1, how many)
                                                            ^^^^^^^^^^^ boolean has no order that every engine keeps
              hint: compare with `=`, `<>` or `in (…)`
        "#]],
        );
        check_policy(
            "price > 12345678901234567.5 or coalesce(score, price) = 1",
            expect![[r#"
            price > 12345678901234567.5 or coalesce(score, price) = 1
                    ^^^^^^^^^^^^^^^^^^^ `12345678901234567.5` is beyond what every engine keeps exactly
              hint: an integer has 64 bits, any other number 15 figures
                                           ^^^^^^^^^^^^^^^^^^^^^^ `score` is an integer, `price` is numeric
              hint: compare values of one type; engines convert in different ways
        "#]],
        );
        check_policy(
            "title || score = 'a' or flag || flag",
            expect![[r#"
            title || score = 'a' or flag || flag
                     ^^^^^ `||` joins text, `score` is an integer
              hint: only text is joined
                                    ^^^^ `||` joins text, `flag` is boolean
              hint: write `or`
                                            ^^^^ `||` joins text, `flag` is boolean
              hint: write `or`
                                    ^^^^^^^^^^^^ expected a condition, found text
              hint: compare it with something
        "#]],
        );
    }

    #[test]
    fn knows_what_an_expression_is_for() {
        check_as(
            Use::Check,
            "made < now() and owner_id = currentUser()",
            expect![[r#"
            made < now() and owner_id = currentUser()
                   ^^^^^ `now()` changes, and a check may not
              hint: keep the moment in a column, or ask in a policy
                                        ^^^^^^^^^^^^^ currentUser() is not known in a check
              hint: only a policy asks who is asking
        "#]],
        );
        check_as(
            Use::IndexFilter,
            "exists(teams where id = row.team_id)",
            expect![[r#"
            exists(teams where id = row.team_id)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the filter of an index sees one row only
              hint: only a policy asks for rows of other tables
        "#]],
        );
        check_as(
            Use::IndexKey,
            "lower(title)",
            expect![[r#"
            sqlite: lower("title")
            postgres: lower("title" collate "C")
        "#]],
        );
        check_as(
            Use::Default(&Type::Text),
            "draft",
            expect![[r#"
            draft
            ^^^^^ a default sees no row: `draft` is no value
              hint: write text in single quotes
        "#]],
        );
    }

    #[test]
    fn knows_what_a_column_can_start_as() {
        let list = Type::Array(Box::new(Type::Text));
        for (kind, text, expect) in [
            (
                Type::Boolean,
                "false",
                expect![[r#"
                sqlite: 0
                postgres: false
            "#]],
            ),
            (
                Type::SmallInt,
                "70000",
                expect![[r#"
                70000
                ^^^^^ an integer cannot start as `70000`
                  hint: write a constant of the column's type
            "#]],
            ),
            (
                Type::Numeric(None),
                "1.50",
                expect![[r#"
                sqlite: 1.50
                postgres: 1.50
            "#]],
            ),
            (
                Type::Json,
                "'{}'",
                expect![[r#"
                sqlite: '{}'
                postgres: '{}'
            "#]],
            ),
            (
                list.clone(),
                "'[]'",
                expect![[r#"
                sqlite: '[]'
                postgres: '{}'
            "#]],
            ),
            (
                list,
                "'[1]'",
                expect![[r#"
                '[1]'
                ^^^^^ a list cannot start as `'[1]'`
                  hint: only the empty list '[]' is portable
            "#]],
            ),
            (
                Type::Date,
                "now()",
                expect![[r#"
                now()
                ^^^^^ a date cannot start as `now()`
                  hint: make the column `timestamptz`
            "#]],
            ),
            (
                Type::TimestampTz,
                "now()",
                expect![[r#"
                sqlite: (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
                postgres: (now())
            "#]],
            ),
            (
                Type::Date,
                "'2026-02-30'",
                expect![[r#"
                '2026-02-30'
                ^^^^^^^^^^^^ '2026-02-30' is not a date
                  hint: write '2026-03-31'
            "#]],
            ),
            (
                Type::Text,
                "'it''s'",
                expect![[r#"
                sqlite: 'it''s'
                postgres: 'it''s'
            "#]],
            ),
            (
                Type::Integer,
                "2 + 3",
                expect![[r#"
                sqlite: ((2 + 3))
                postgres: ((2::bigint + 3::bigint))
            "#]],
            ),
            (
                Type::Text,
                "3",
                expect![[r#"
                3
                ^ text cannot start as `3`
                  hint: write a constant of the column's type
            "#]],
            ),
        ] {
            check_as(Use::Default(&kind), text, expect);
        }
    }
}
