//! Reads what an engine holds into migration specs.
//!
//! A table comes over whole or not at all: what is imported renders to the very catalog that it
//! came from, so that planning right after an import is empty. What the language cannot say is
//! listed with the reason.

pub mod postgres;
pub mod sqlite;

use crate::expr::{Expr, Place};
use crate::language::{Formula, Name, Operation, Spanned};
use crate::schema::Origin;

/// An imported schema.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// In an order in which they can be replayed over nothing.
    pub operations: Vec<Operation>,
    /// What the specs do not manage.
    pub left_out: Vec<LeftOut>,
}

/// Something that stays outside of the specs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// As SQL spells it without quotes.
    pub name: String,
    /// A fragment: "is a view".
    pub why: String,
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, origin: Origin::default() }
}

fn name(text: &str) -> Name {
    spanned(text.to_owned())
}

fn formula(expr: Expr) -> Formula {
    Formula { expr, place: Place::default(), origin: Origin::default() }
}
