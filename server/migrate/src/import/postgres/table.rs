//! One table of a catalog as the operation that adds it.

use super::super::{formula, name, spanned};
use super::expression::{self, Text};
use crate::expr::Expr;
use crate::language::names::derive;
use crate::language::{
    AddTable, ColumnDef, ConstraintDef, ConstraintDefKind, DefaultDef, IndexDef, KeyDef, Name,
    ReferenceDef, RlsDef, RlsKind,
};
use crate::postgres::catalog::{
    Body, Catalog, Column, Constraint, ConstraintKind, Index, Key, Kind, unquoted,
};
use crate::schema::{Action, Origin, Type};

/// Reads a table; whether it comes out the same is for the caller to find out.
///
/// # Errors
/// A fragment that says what the language has no words for.
pub(super) fn add_table(catalog: &Catalog, key: &Key) -> Result<AddTable, String> {
    let own = OwnTable::read(catalog, key);
    let columns = catalog.columns(key).into_iter();
    let columns = columns.map(|it| own.column(catalog, it.0, it.2)).collect::<Result<_, _>>()?;
    let constraints = own.constraints()?;
    let indexes = catalog.parts(key, Kind::Index).filter_map(|(key, object)| match &object.body {
        Body::Index(it) => Some(index(key, it)),
        _ => None,
    });
    Ok(AddTable {
        name: name(&own.name),
        columns,
        rls: Some(RlsDef { kind: RlsKind::Deny, origin: Origin::default() }),
        indexes: indexes.collect::<Result<_, _>>()?,
        constraints,
        policies: Vec::new(),
        soft_delete: false,
        audit_columns: false,
        plain: None,
        comment: catalog.get(key).and_then(|it| it.comment.clone()),
    })
}

/// A table's name and constraints, each of these with its own name.
struct OwnTable<'a> {
    name: String,
    constraints: Vec<(String, &'a Constraint)>,
}

impl<'a> OwnTable<'a> {
    fn read(catalog: &'a Catalog, key: &Key) -> Self {
        let constraints = catalog.parts(key, Kind::Constraint);
        let constraints = constraints.filter_map(|(key, object)| match &object.body {
            Body::Constraint(it) => Some((unquoted(&key.part), it)),
            _ => None,
        });
        Self { name: unquoted(&key.name), constraints: constraints.collect() }
    }

    /// The constraint that the column itself can carry: the only one of its kind that has the name
    /// which the language derives.
    fn of_column(
        &self,
        kind: ConstraintKind,
        column: &str,
        suffix: &str,
    ) -> Option<&'a Constraint> {
        let derived = derive(&[&self.name, column, suffix]);
        let is_own = |it: &&(String, &Constraint)| {
            it.0 == derived && it.1.kind == kind && is_only(&it.1.columns, column)
        };
        self.constraints.iter().find(is_own).map(|it| it.1)
    }

    fn words(&self, column: &str) -> Option<Vec<String>> {
        let form = self.of_column(ConstraintKind::Check, column, "form")?;
        let is_column =
            |it: &Expr| matches!(it, Expr::Column { name, outer: false } if name == column);
        let list = match check(form).ok()? {
            Expr::In { value, list, negated: false } if is_column(&value) => list,
            Expr::Compare { op: crate::expr::Comparison::Equal, left, right }
                if is_column(&left) =>
            {
                vec![*right]
            }
            _ => return None,
        };
        let word = |it| match it {
            Expr::Text(word) => Some(word),
            _ => None,
        };
        list.into_iter().map(word).collect()
    }

    fn column(&self, catalog: &Catalog, key: &Key, column: &Column) -> Result<ColumnDef, String> {
        let own = unquoted(&key.part);
        if let Some((expr, _)) = &column.generated {
            return Err(format!("has a generated column: `{own}` is `{expr}`"));
        }
        let mut kind = kind(catalog, &own, &column.kind)?;
        if kind == Type::Text
            && let Some(words) = self.words(&own)
        {
            kind = Type::Enum(words);
        }
        let primary = self.constraints.iter().find(|it| it.1.kind == ConstraintKind::Primary);
        let is_in_key = primary.is_some_and(|it| it.1.columns.iter().any(|it| unquoted(it) == own));
        let is_key = primary.is_some_and(|it| is_only(&it.1.columns, &own));
        let default = match (catalog.default_of(key), &column.identity) {
            (_, Some(_)) => Some(DefaultDef::Identity(spanned(()))),
            (Some(text), None) => Some(default(&own, text, &kind)?),
            // A key of type uuid would get a random one.
            (None, None) if is_key && kind == Type::Uuid => {
                Some(DefaultDef::Expr(formula(Expr::Null)))
            }
            (None, None) => None,
        };
        let unique = self.of_column(ConstraintKind::Unique, &own, "key");
        let reference = self.of_column(ConstraintKind::Foreign, &own, "fkey");
        Ok(ColumnDef {
            name: name(&own),
            kind: Some(spanned(kind)),
            primary_key: is_key.then(Origin::default),
            unique: unique.map(|_| Origin::default()),
            nullable: (column.not_null && !is_in_key).then(|| spanned(false)),
            default,
            references: reference.map(reference_def).transpose()?,
            check: None,
            origin: Origin::default(),
        })
    }

    /// What no column carries.
    fn constraints(&self) -> Result<Vec<ConstraintDef>, String> {
        let mut out = Vec::new();
        for (own, it) in &self.constraints {
            let column = it.columns.first().map(|it| unquoted(it)).unwrap_or_default();
            let carried = |suffix| {
                self.of_column(it.kind, &column, suffix).is_some_and(|of| std::ptr::eq(of, *it))
            };
            let kind = match it.kind {
                ConstraintKind::Primary if it.columns.len() == 1 => continue,
                ConstraintKind::Unique if carried("key") => continue,
                ConstraintKind::Foreign if carried("fkey") => continue,
                ConstraintKind::Check if carried("form") && self.words(&column).is_some() => {
                    continue;
                }
                ConstraintKind::Primary => ConstraintDefKind::PrimaryKey(names(&it.columns)),
                ConstraintKind::Unique => ConstraintDefKind::Unique(names(&it.columns)),
                ConstraintKind::Check => ConstraintDefKind::Check(formula(check(it)?)),
                ConstraintKind::Exclusion => {
                    return Err(format!("has an exclusion constraint: `{own}`"));
                }
                ConstraintKind::Foreign => foreign_key(it)?,
            };
            let own = (it.kind != ConstraintKind::Primary).then(|| name(own));
            out.push(ConstraintDef { name: own, kind, origin: Origin::default() });
        }
        Ok(out)
    }
}

fn is_only(columns: &[String], column: &str) -> bool {
    matches!(columns, [one] if unquoted(one) == column)
}

fn names(columns: &[String]) -> Vec<Name> {
    columns.iter().map(|it| name(&unquoted(it))).collect()
}

fn kind(catalog: &Catalog, column: &str, declared: &str) -> Result<Type, String> {
    let spelt = match declared {
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time without time zone" => "time",
        "double precision" => "double",
        "jsonb" => "json",
        "bytea" => "bytes",
        // The language's `json` is PostgreSQL's `jsonb`.
        "json" | "character varying" | "numeric[]" => "",
        other => other.strip_prefix("public.").unwrap_or(other),
    };
    let is_enum = catalog.objects.iter().any(|(key, object)| {
        matches!(object.body, Body::Enum(_)) && declared.trim_end_matches("[]") == key.qualified()
    });
    if is_enum {
        return Err(format!(
            "has a column of an enum type, `{column}` of `{declared}`, where the language has text \
             with a check"
        ));
    }
    crate::language::type_of(spelt)
        .ok_or_else(|| format!("has a column of a type without a word: `{column}` of `{declared}`"))
}

fn default(column: &str, text: &str, kind: &Type) -> Result<DefaultDef, String> {
    let expr = match expression::read(text) {
        Ok(Text::RandomUuid) => return Ok(DefaultDef::RandomUuid(spanned(()))),
        Ok(Text::Expr(it)) => it,
        Err(()) => {
            return Err(format!(
                "has a default that is no expression of the language: `{column}` is `{text}`"
            ));
        }
    };
    Ok(DefaultDef::Expr(formula(match (expr, kind) {
        // An array is written `{…}`, a list `[…]`.
        (Expr::Text(it), Type::Array(_)) if it == "{}" => Expr::Text("[]".to_owned()),
        (other, _) => other,
    })))
}

fn check(it: &Constraint) -> Result<Expr, String> {
    let body = it.definition.strip_prefix("CHECK ").unwrap_or(&it.definition);
    parse(body, "a check")
}

fn parse(text: &str, what: &str) -> Result<Expr, String> {
    match expression::read(text) {
        Ok(Text::Expr(it)) => Ok(it),
        _ => Err(format!("has {what} that is no expression of the language: `{text}`")),
    }
}

fn target(it: &Constraint) -> Result<(Name, Vec<Name>), String> {
    match &it.target {
        Some((key, columns)) if key.schema == "public" => {
            Ok((name(&unquoted(&key.name)), names(columns)))
        }
        _ => Err(format!("has a reference out of the schema `public`: `{}`", it.definition)),
    }
}

fn reference_def(it: &Constraint) -> Result<ReferenceDef, String> {
    let (table, target) = target(it)?;
    Ok(ReferenceDef {
        table,
        column: target.into_iter().next(),
        on_delete: action(it, " ON DELETE "),
        on_update: action(it, " ON UPDATE "),
        origin: Origin::default(),
    })
}

fn foreign_key(it: &Constraint) -> Result<ConstraintDefKind, String> {
    let (table, target) = target(it)?;
    Ok(ConstraintDefKind::ForeignKey {
        columns: names(&it.columns),
        table,
        target,
        on_delete: action(it, " ON DELETE "),
        on_update: action(it, " ON UPDATE "),
    })
}

fn action(it: &Constraint, event: &str) -> Action {
    let words = it.definition.rsplit_once(event).map_or("", |it| it.1);
    let actions = [
        ("CASCADE", Action::Cascade),
        ("RESTRICT", Action::Restrict),
        ("SET NULL", Action::SetNull),
        ("SET DEFAULT", Action::SetDefault),
    ];
    let found = actions.into_iter().find(|(word, _)| words.starts_with(word));
    found.map_or(Action::NoAction, |it| it.1)
}

fn index(key: &Key, it: &Index) -> Result<IndexDef, String> {
    let own = unquoted(&key.name);
    let unsaid =
        || format!("has an index that the language has no words for: `{own}` on {}", it.tail);
    let parts = expression::index_parts(&it.tail).ok_or_else(unsaid)?;
    let mut keys = Vec::with_capacity(parts.keys.len());
    for text in &parts.keys {
        let (text, descending) = match text.strip_suffix(" DESC") {
            Some(text) => (text, true),
            None => (text.as_str(), false),
        };
        let Ok(Text::Expr(expr)) = expression::read(text) else { return Err(unsaid()) };
        keys.push(KeyDef { value: formula(expr), descending });
    }
    let filter = match &parts.filter {
        Some(text) => Some(formula(parse(text, "the filter of an index")?)),
        None => None,
    };
    let (unique, origin) = (it.is_unique, Origin::default());
    Ok(IndexDef { name: Some(name(&own)), keys, unique, filter, origin })
}
