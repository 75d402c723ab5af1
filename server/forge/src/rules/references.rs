//! Names that stand for entries elsewhere: found by the schema, held against what is declared.

use super::{Cx, Rule, Sink};
use crate::provision::edit::Entry;
use crate::schema;
use text::suggest;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    Secret,
    Table,
    Deploy,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Function => "functions",
            Self::Secret => "secrets",
            Self::Table => "tables",
            Self::Deploy => "deploy",
        }
    }

    /// The entry that declares a name with nothing else, where that is enough.
    fn entry(self, name: &str) -> Option<Entry> {
        matches!(self, Self::Secret | Self::Deploy).then(|| Entry::scalar(name, "{}"))
    }
}

/// The names of one kind, whether their entries are right or not; `None` when they are not known.
fn names(cx: &Cx<'_>, kind: Kind) -> Option<Vec<String>> {
    if kind == Kind::Table {
        return Some(cx.around.schema?.tables.iter().map(|it| it.name.clone()).collect());
    }
    let entries = cx.declared.places.iter().filter_map(|(path, _)| match path.as_slice() {
        [section, name] if section == kind.word() => Some(name.clone()),
        _ => None,
    });
    Some(entries.collect())
}

/// The name that a text refers to.
fn named<'t>(reference: &str, kind: Kind, text: &'t str) -> Option<&'t str> {
    if reference == kind.word() {
        return Some(text);
    }
    let is_target = reference == "targets" && kind == Kind::Function;
    text.strip_prefix("functions/").filter(|_| is_target)
}

/// Reports every name of `kind` that nothing declares.
pub(crate) fn check(cx: &Cx<'_>, kind: Kind, rule: &'static Rule, sink: &mut Sink) {
    let Some(known) = names(cx, kind) else { return };
    for (path, place) in cx.declared.places.iter() {
        let Some(reference) = schema::at(path).and_then(schema::reference) else { continue };
        let text = cx.text.get(place.value.range()).unwrap_or_default();
        let Some(name) = named(reference, kind, text.trim_matches(['"', '\''])) else { continue };
        if name.is_empty() || known.iter().any(|it| it == name) {
            continue;
        }
        let near = suggest::nearest(name, known.iter().map(String::as_str));
        let place_of =
            if kind == Kind::Table { "no migration makes" } else { "this file does not declare" };
        let mut message = format!("{place_of} `{name}`");
        if let Some(near) = near {
            message += &format!(": did you mean `{near}`?");
        }
        let mut report = sink.report(rule, place.value, message);
        if let Some(near) = near {
            let text = text.replace(name, near);
            report = report.fix(format!("Write `{near}`"), vec![(place.value, text)], false);
        }
        if let Some(entry) = kind.entry(name) {
            let edits = cx.adding(&[kind.word()], entry);
            report.fix(format!("Declare `{name}` under `{}`", kind.word()), edits, false);
        }
    }
}
