use super::store::{FIELDS, MemoryError, item};
use super::{Item, Memory, Outcome, Project};
use crate::words::{overlap, words};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

/// More is not read in a hint.
pub const RECALLED_MAX: usize = 3;

/// How many are looked at closely, the best by their words.
const CANDIDATES_MAX: u32 = 60;
/// From here on two names mean the same kind of thing.
const NAME_OVERLAP_MIN: f64 = 0.5;
/// From here on two tables are alike by their columns, with at least so many in common.
const COLUMNS_OVERLAP_MIN: f64 = 0.5;
const COLUMNS_COMMON_MIN: usize = 4;

/// What comes up now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Name of the table, bucket …
    pub entity: String,
    pub columns: Vec<String>,
}

/// Something that came of a like decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    pub item: Item,
    /// Whether it was in the workspace at hand.
    pub is_here: bool,
    /// Whether the same was applied later, after it had failed or been undone.
    pub applied_later: bool,
}

impl Display for Recalled {
    /// ``in `shop` you chose posts(…): rolled back because …``
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let it = &self.item;
        match self.is_here {
            true => f.write_str("here")?,
            false => write!(f, "in `{}`", it.project)?,
        }
        write!(f, " you chose `{}`", it.choice.replace('`', "'"))?;
        if !it.reason.is_empty() {
            write!(f, ", since {}", it.reason)?;
        }
        write!(f, "; {}", it.outcome.word())?;
        if !it.why.is_empty() {
            write!(f, " because {}", it.why)?;
        }
        if self.applied_later {
            f.write_str(", applied later")?;
        }
        Ok(())
    }
}

impl Memory {
    /// What came of like decisions: at most [`RECALLED_MAX`], what ended badly first, one of each
    /// project and entity. What went well in the workspace at hand is no news and left out.
    ///
    /// # Errors
    /// [`MemoryError`]
    pub fn recall(
        &self,
        query: &Query,
        here: Option<&Project>,
    ) -> Result<Vec<Recalled>, MemoryError> {
        let name = words(&query.entity);
        let columns: BTreeSet<String> = query.columns.iter().flat_map(|it| words(it)).collect();
        let Some(text) = expression(&name, &columns) else { return Ok(Vec::new()) };
        let found = self
            .candidates(&text)
            .map_err(|source| MemoryError::Sqlite { attempt: "search", source })?;
        let here = here.map(Project::hash);
        let mut like: Vec<(f64, Candidate)> = Vec::new();
        for it in found {
            let by_name = overlap(&words(&it.item.entity), &name);
            let common = it.columns.intersection(&columns).count();
            let by_columns = overlap(&it.columns, &columns);
            let is_alike = by_name >= NAME_OVERLAP_MIN
                || (by_columns >= COLUMNS_OVERLAP_MIN && common >= COLUMNS_COMMON_MIN);
            if is_alike {
                like.push((by_name + by_columns, it));
            }
        }
        like.sort_by(|(a_score, a), (b_score, b)| {
            let ended_well = |it: &Candidate| it.item.outcome == Outcome::Applied;
            ended_well(a)
                .cmp(&ended_well(b))
                .then(b_score.total_cmp(a_score))
                .then(b.item.at.cmp(&a.item.at))
                .then(b.item.id.cmp(&a.item.id))
        });
        let mut out: Vec<Recalled> = Vec::new();
        let mut seen: BTreeSet<([u8; 32], String)> = BTreeSet::new();
        for (_, it) in &like {
            let is_here = Some(it.workspace) == here;
            let is_news = !is_here || it.item.outcome != Outcome::Applied;
            if !is_news || !seen.insert((it.workspace, it.item.entity.clone())) {
                continue;
            }
            let is_later = |other: &Candidate| {
                other.workspace == it.workspace
                    && other.item.entity == it.item.entity
                    && other.item.outcome == Outcome::Applied
                    && other.item.at > it.item.at
                    // In the place of what was blocked something else was applied.
                    && it.item.outcome != Outcome::Blocked
            };
            let applied_later = like.iter().any(|(_, other)| is_later(other));
            out.push(Recalled { item: it.item.clone(), is_here, applied_later });
            if out.len() == RECALLED_MAX {
                break;
            }
        }
        Ok(out)
    }

    fn candidates(&self, text: &str) -> rusqlite::Result<Vec<Candidate>> {
        let fields = FIELDS.split(", ").map(|it| format!("item.{it}")).collect::<Vec<_>>();
        // A word of the name says more than one of a column.
        let sql = format!(
            "SELECT {}, item.workspace, item.columns FROM item_text
             JOIN item ON item.id = item_text.rowid
             WHERE item_text MATCH ?1 ORDER BY bm25(item_text, 6.0, 1.0), item.id LIMIT ?2",
            fields.join(", ")
        );
        let mut statement = self.db().prepare_cached(&sql)?;
        let rows = statement.query_map((text, CANDIDATES_MAX), |row| {
            let columns: String = row.get(11)?;
            let columns = columns.split(' ').filter(|it| !it.is_empty()).map(str::to_owned);
            Ok(Candidate { item: item(row)?, workspace: row.get(10)?, columns: columns.collect() })
        })?;
        rows.collect()
    }
}

struct Candidate {
    item: Item,
    workspace: [u8; 32],
    columns: BTreeSet<String>,
}

/// The query in the language of FTS5: each word in quotes, so that none is taken for an operator.
fn expression(name: &BTreeSet<String>, columns: &BTreeSet<String>) -> Option<String> {
    /// A table of a thousand columns is found by a few of them.
    const WORDS_MAX: usize = 60;
    let quoted = |it: &String| format!("\"{}\"", it.replace('"', ""));
    let any = |it: &BTreeSet<String>| {
        it.iter().take(WORDS_MAX).map(quoted).collect::<Vec<_>>().join(" OR ")
    };
    match (name.is_empty(), columns.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("columns : ({})", any(columns))),
        (false, true) => Some(format!("entity : ({})", any(name))),
        (false, false) => Some(format!("entity : ({}) OR columns : ({})", any(name), any(columns))),
    }
}
