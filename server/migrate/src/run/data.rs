use crate::plan::{DataCheck, Step};
use crate::sqlite::message;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::fmt;
use std::sync::mpsc::RecvTimeoutError::Timeout;
use std::sync::mpsc::channel;
use std::time::Duration;

/// What the live data says to a question of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Rows that stand in the way; `None` when the question could not be answered in time.
    pub n_rows: Option<i64>,
    /// All rows of the table, where they were counted.
    pub n_all: Option<i64>,
    /// Keys of some of them.
    pub samples: Vec<String>,
    /// What is wrong with such a row: "rows are NULL in `posts.title`".
    pub complaint: String,
    /// Why there is no answer, when that is not the time.
    pub failure: Option<String>,
}

impl Answer {
    /// A question that nobody has answered.
    pub(super) fn open(check: &DataCheck) -> Self {
        Self {
            n_rows: None,
            n_all: None,
            samples: Vec::new(),
            complaint: check.complaint.clone(),
            failure: None,
        }
    }

    /// Whether the plan cannot run.
    #[must_use]
    pub fn is_obstacle(&self) -> bool {
        self.n_rows.is_some_and(|it| it > 0) || self.failure.is_some()
    }
}

impl fmt::Display for Answer {
    /// `1,204 of 50,000 rows are NULL in posts.title: 7, 19, 33`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.failure, self.n_rows) {
            (Some(failure), _) => {
                return write!(f, "ask whether {}: {failure}", self.complaint);
            }
            (None, None) => return write!(f, "not counted in time: {}", self.complaint),
            (None, Some(n_rows)) => f.write_str(&grouped(n_rows))?,
        }
        if let Some(n_all) = self.n_all {
            write!(f, " of {}", grouped(n_all))?;
        }
        write!(f, " {}", self.complaint)?;
        if !self.samples.is_empty() {
            write!(f, ": {}", self.samples.join(", "))?;
        }
        Ok(())
    }
}

/// `1204` as `1,204`.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

/// Asks all questions of `steps`, for `ms_max` milliseconds together; only reads.
///
/// What stands in no one's way is left out.
pub(super) fn ask<'a>(
    db: &Connection,
    steps: impl IntoIterator<Item = &'a Step>,
    ms_max: u64,
) -> Vec<Answer> {
    let checks: Vec<&DataCheck> = steps.into_iter().flat_map(|it| &it.checks).collect();
    if checks.is_empty() {
        return Vec::new();
    }
    let ask = || checks.into_iter().map(|it| answer(db, it)).collect::<Vec<_>>();
    let answers = in_time(db, ms_max, ask).into_iter();
    answers.filter(|it| it.is_obstacle() || it.n_rows.is_none()).collect()
}

/// How often work that may be stopped asks whether it is, in milliseconds.
const LOOK_MS: u64 = 10;

/// Runs `act`; what `db` does is interrupted when the time is over.
pub(super) fn in_time<T>(db: &Connection, ms_max: u64, act: impl FnOnce() -> T) -> T {
    in_time_unless(db, ms_max, &|| false, act)
}

/// The same, interrupted too when `stop` says so.
pub(super) fn in_time_unless<T>(
    db: &Connection,
    ms_max: u64,
    stop: &(dyn Fn() -> bool + Sync),
    act: impl FnOnce() -> T,
) -> T {
    let handle = db.get_interrupt_handle();
    let (done, waits) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut left_ms = ms_max;
            // Later questions are interrupted too, until the other side is dropped.
            loop {
                let pause = left_ms.clamp(1, LOOK_MS);
                if waits.recv_timeout(Duration::from_millis(pause)) != Err(Timeout) {
                    return;
                }
                left_ms = left_ms.saturating_sub(pause);
                if left_ms == 0 || stop() {
                    handle.interrupt();
                }
            }
        });
        let out = act();
        drop(done);
        out
    })
}

pub(super) fn answer(db: &Connection, check: &DataCheck) -> Answer {
    let mut out = Answer::open(check);
    match count(db, &check.count_sql) {
        Ok(n_rows) => out.n_rows = Some(n_rows),
        Err(error) if is_interrupted(&error) => return out,
        Err(error) => {
            out.failure = Some(message(&error));
            return out;
        }
    }
    if out.is_obstacle() {
        out.samples = samples(db, &check.sample_sql).unwrap_or_default();
        let table = crate::sqlite::identifier(&check.object.table);
        out.n_all = count(db, &format!("SELECT count(*) FROM {table}")).ok();
    }
    out
}

pub(super) fn count(db: &Connection, sql: &str) -> rusqlite::Result<i64> {
    db.query_row(sql, (), |row| row.get(0))
}

fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
}

fn samples(db: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare(sql)?;
    let n_columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        let cells = (0..n_columns).map(|it| row.get_ref(it).map(shown));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join("/"))
    })?;
    rows.collect()
}

/// The longest text of a sample, in characters.
const TEXT_CHARS_MAX: usize = 40;

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(it) => it.to_string(),
        ValueRef::Real(it) => it.to_string(),
        ValueRef::Text(it) => {
            let text = String::from_utf8_lossy(it);
            format!("'{}'", text.chars().take(TEXT_CHARS_MAX).collect::<String>())
        }
        ValueRef::Blob(it) => format!("{} bytes", it.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ObjectId, Part};
    use expect_test::{Expect, expect};

    fn check(setup: &str, filter: &str, expect: Expect) {
        let db = Connection::open_in_memory().expect("memory");
        db.execute_batch(setup).expect("the setup is sound");
        let check = DataCheck {
            count_sql: format!("SELECT count(*) FROM posts WHERE {filter}"),
            sample_sql: format!("SELECT id FROM posts WHERE {filter} LIMIT 3"),
            complaint: "rows are NULL in `posts.title`".to_owned(),
            object: ObjectId { table: "posts".to_owned(), part: Part::Column("title".to_owned()) },
        };
        let answer = in_time(&db, 100, || answer(&db, &check));
        expect.assert_eq(&answer.to_string());
    }

    const POSTS: &str = "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO posts SELECT i, iif(i % 4 = 3, NULL, 'x') FROM n;";

    #[test]
    fn an_answer_has_counts_and_samples() {
        check(
            POSTS,
            "title IS NULL",
            expect!["1,250 of 5,000 rows are NULL in `posts.title`: 3, 7, 11"],
        );
    }

    #[test]
    fn a_question_that_takes_too_long_is_given_up() {
        let endless = "id = 1 AND 0 < (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)";
        check(POSTS, endless, expect!["not counted in time: rows are NULL in `posts.title`"]);
    }

    #[test]
    fn a_question_that_cannot_be_asked_is_told() {
        check(
            POSTS,
            "nothing = 1",
            expect![[
                r#"ask whether rows are NULL in `posts.title`: near "nothing": syntax error"#
            ]],
        );
    }

    #[test]
    fn digits_come_in_groups() {
        let all = [0, 999, 1_000, 1_234_567, -12_345].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "1,234,567", "-12,345"]);
    }
}
