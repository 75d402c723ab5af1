//! A long script read in parts, because SQLite looks through its whole schema at each statement that
//! makes something, and because the next keystroke changes few of the parts.
//!
//! Definitions are kept together by what they name: a table with its indexes and triggers, a view with
//! all that it and its triggers read. What a part only needs is read with it and left to the part that
//! owns it. A script that does anything but make tables, indexes, views and triggers, each of its own
//! name and after what it hangs on, is not cut.

use crate::sqlite::catalog::Catalog;
use crate::sqlite::memo::Memo;
use crate::sqlite::{SourceError, parallel, text, whole_of_sql};
use rustc_hash::{FxHashMap, FxHashSet};
use sqlite3_parser::dialect::TokenType;
use std::sync::Arc;

/// How many statements a part owns on average.
const STATEMENTS: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Table,
    Index,
    View,
    Trigger,
}

/// A statement that makes one object; names are in lower case.
struct Definition<'a> {
    /// With its semicolon.
    sql: &'a str,
    kind: Kind,
    name: String,
    /// The table or view that it hangs on, which a table or view is itself.
    owner: String,
    /// What a view or trigger may name, in order and with repetitions.
    mentions: Vec<String>,
}

/// The catalog of a script; `None` when it is not worth cutting, cannot be, or is refused somewhere.
pub(super) fn in_parts(sql: &str) -> Option<Catalog> {
    let definitions = definitions(sql)?;
    let n_parts = (definitions.len() / STATEMENTS).next_power_of_two();
    let parts = if n_parts > 1 { parts(&definitions, n_parts)? } else { return None };
    // Where half of the others need a definition, it is better read once.
    let n_read: usize = parts.iter().map(|it| it.all.len()).sum();
    if n_read > 2 * definitions.len() { None } else { read(&definitions, &parts) }
}

/// The same in `n_parts`.
#[cfg(test)]
pub(super) fn in_so_many_parts(sql: &str, n_parts: usize) -> Option<Catalog> {
    let definitions = definitions(sql)?;
    read(&definitions, &parts(&definitions, n_parts)?)
}

fn read(definitions: &[Definition<'_>], parts: &[Part]) -> Option<Catalog> {
    let text = |it: &Part| {
        let statements: String = it.all.iter().map(|at| definitions[*at].sql).collect();
        format!("BEGIN;{statements}COMMIT;")
    };
    let texts: Vec<String> = parts.iter().map(text).collect();
    merged(definitions, parts, parallel::map(&texts, |it| catalog_of(it)))
}

/// What one engine makes of a part.
fn catalog_of(sql: &str) -> Option<Arc<Catalog>> {
    /// Some files, as they are and with what is pending.
    const N_PARTS: usize = 1 << 10;
    static KNOWN: Memo<String, Arc<Catalog>> = Memo::new(N_PARTS);
    let made = |sql: &String| Ok::<_, SourceError>(Arc::new(whole_of_sql(sql)?));
    KNOWN.get(sql.to_owned(), made).ok()
}

/// Definitions by their place in the script, rising.
struct Part {
    /// The tables and views that it is asked about.
    owners: FxHashSet<String>,
    /// All definitions that are read for that.
    all: Vec<usize>,
}

fn parts(definitions: &[Definition<'_>], n_parts: usize) -> Option<Vec<Part>> {
    let mut of_owner: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, it) in definitions.iter().enumerate() {
        let is_first = matches!(it.kind, Kind::Table | Kind::View);
        if is_first == of_owner.contains_key(it.owner.as_str()) {
            return None;
        }
        of_owner.entry(&it.owner).or_default().push(at);
    }
    let mentions = |owner: &str| {
        let own = of_owner[owner].iter().flat_map(|at| &definitions[*at].mentions);
        own.map(String::as_str).filter(|it| of_owner.contains_key(it)).collect::<Vec<_>>()
    };
    let mut out: Vec<(FxHashSet<String>, FxHashSet<&str>)> = vec![Default::default(); n_parts];
    for owner in of_owner.keys() {
        let named = mentions(owner);
        // A view goes with the table that it shows, which it names first.
        let of_view = named.iter().find(|it| *it != owner);
        let is_view = definitions[of_owner[owner][0]].kind == Kind::View;
        let home = of_view.filter(|_| is_view).unwrap_or(owner);
        let part = &mut out[parallel::bucket(home, n_parts)];
        part.0.insert((*owner).to_owned());
        part.1.insert(owner);
    }
    let close = |(owners, mut needed): (FxHashSet<String>, FxHashSet<&str>)| {
        let mut open: Vec<&str> = needed.iter().copied().collect();
        while let Some(owner) = open.pop() {
            for name in mentions(owner) {
                let (name, _) = of_owner.get_key_value(name).expect("only such are told");
                if needed.insert(name) {
                    open.push(name);
                }
            }
        }
        let mut all: Vec<usize> = needed.iter().flat_map(|it| of_owner[it].clone()).collect();
        all.sort_unstable();
        Part { owners, all }
    };
    Some(out.into_iter().filter(|it| !it.0.is_empty()).map(close).collect())
}

/// Puts the parts together in the order of the script.
fn merged(
    definitions: &[Definition<'_>],
    parts: &[Part],
    catalogs: Vec<Option<Arc<Catalog>>>,
) -> Option<Catalog> {
    let places: FxHashMap<(Kind, &str), usize> =
        definitions.iter().enumerate().map(|(at, it)| ((it.kind, it.name.as_str()), at)).collect();
    let (mut tables, mut views, mut triggers) = (Vec::new(), Vec::new(), Vec::new());
    for (part, catalog) in parts.iter().zip(catalogs) {
        let catalog = catalog.filter(|it| it.opaque.is_empty())?;
        let is_own = |owner: &str| part.owners.contains(&owner.to_ascii_lowercase());
        let place = |kind, name: &str| places.get(&(kind, &*name.to_ascii_lowercase())).copied();
        for it in catalog.tables.iter().filter(|it| is_own(&it.name)) {
            tables.push((place(Kind::Table, &it.name)?, it.clone()));
        }
        for it in catalog.views.iter().filter(|it| is_own(&it.name)) {
            views.push((place(Kind::View, &it.name)?, it.clone()));
        }
        for it in catalog.triggers.iter().filter(|it| is_own(&it.table)) {
            triggers.push((place(Kind::Trigger, &it.name)?, it.clone()));
        }
    }
    fn in_order<T>(mut list: Vec<(usize, T)>) -> Vec<T> {
        list.sort_by_key(|it| it.0);
        list.into_iter().map(|it| it.1).collect()
    }
    let (tables, views) = (in_order(tables), in_order(views));
    Some(Catalog { tables, views, triggers: in_order(triggers), opaque: Vec::new() })
}

/// The statements of a script, when they are nothing but definitions with names of their own.
fn definitions(sql: &str) -> Option<Vec<Definition<'_>>> {
    let tokens = text::tokens(sql);
    let end = tokens.last()?.range.end;
    // What the tokenizer does not know is left to the engine.
    if !sql[end..].trim().is_empty() {
        return None;
    }
    let (mut out, mut start) = (Vec::new(), 0);
    let (mut names, mut programs) = (FxHashSet::default(), FxHashSet::default());
    while start < tokens.len() {
        let len = length(&tokens[start..])?;
        let it = definition(sql, &tokens[start..start + len])?;
        // Tables, indexes and views share their names, and triggers theirs.
        let known = if it.kind == Kind::Trigger { &mut programs } else { &mut names };
        if !known.insert(it.name.clone()) {
            return None;
        }
        out.push(it);
        start += len;
    }
    Some(out)
}

/// How many tokens the first statement has, its semicolon included.
fn length(tokens: &[text::Token]) -> Option<usize> {
    let is = |at: usize, kind| tokens.get(at).is_some_and(|it| it.kind == kind);
    let semicolons = (0..tokens.len()).filter(|at| is(*at, TokenType::TK_SEMI));
    let is_program = is(1, TokenType::TK_TRIGGER);
    // The statements of a trigger have semicolons too; its own comes after `; END`.
    let ends = |at: usize| {
        !is_program || at > 1 && is(at - 1, TokenType::TK_END) && is(at - 2, TokenType::TK_SEMI)
    };
    semicolons.into_iter().find(|at| ends(*at)).map(|it| it + 1)
}

fn definition<'a>(sql: &'a str, tokens: &[text::Token]) -> Option<Definition<'a>> {
    let kind = |at: usize| tokens.get(at).map(|it| it.kind);
    let written = |at: usize| tokens.get(at).map(|it| &sql[it.range.clone()]);
    let name = |at: usize| {
        let it = written(at)?;
        // Whatever else can be a name may be a keyword here.
        let is_name = kind(at) == Some(TokenType::TK_ID) || it.starts_with('"');
        is_name.then(|| text::unquote(it).to_ascii_lowercase())
    };
    if kind(0) != Some(TokenType::TK_CREATE) {
        return None;
    }
    let at = if kind(1) == Some(TokenType::TK_UNIQUE) { 2 } else { 1 };
    let made = match kind(at)? {
        TokenType::TK_TABLE if at == 1 && kind(3) == Some(TokenType::TK_LP) => Kind::Table,
        TokenType::TK_INDEX => Kind::Index,
        TokenType::TK_VIEW if at == 1 => Kind::View,
        TokenType::TK_TRIGGER if at == 1 => Kind::Trigger,
        _ => return None,
    };
    let own = name(at + 1)?;
    if kind(at + 2) == Some(TokenType::TK_DOT) {
        return None;
    }
    let on = || name((0..tokens.len()).find(|it| kind(*it) == Some(TokenType::TK_ON))? + 1);
    let owner = match made {
        Kind::Table | Kind::View => own.clone(),
        Kind::Index | Kind::Trigger => on()?,
    };
    let is_program = matches!(made, Kind::View | Kind::Trigger);
    let mentions = is_program.then(|| text::names(sql, &tokens[at + 2..]));
    Some(Definition {
        sql: &sql[tokens.first()?.range.start..tokens.last()?.range.end],
        kind: made,
        owner,
        mentions: mentions.into_iter().flatten().collect(),
        name: own,
    })
}
