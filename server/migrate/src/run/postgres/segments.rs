//! Runs stored steps on a live database: each segment in a transaction with its progress.

use super::{engine, ledger};
use crate::plan::Transaction;
use crate::postgres::apply::drop_half_built;
use crate::postgres::script::statements;
use crate::postgres::shadow::told;
use crate::run::error::RunError;
use crate::run::ledger::Entry;
use crate::run::sqlite::StoredStep;
use crate::run::{Event, Options};
use ::postgres::Client;
use ::postgres::error::SqlState;
use std::time::Duration;

/// How often a segment is run that cannot have its locks; the pause before it doubles from 200 ms.
const N_TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the steps of an entry that are not done.
pub(super) fn run(
    client: &mut Client,
    entry: &Entry,
    steps: &[StoredStep],
    options: &Options<'_>,
) -> Result<(), RunError> {
    let mut at = usize::try_from(entry.steps_done).unwrap_or_default();
    while at < steps.len() {
        let transaction = steps[at].transaction;
        let is_outside = transaction == Transaction::Outside;
        let same = |it: &&StoredStep| !is_outside && it.transaction == transaction;
        let end = at + steps[at..].iter().take_while(same).count().max(1);
        let group = Group { entry, steps: &steps[at..end], start: at, options };
        if is_outside { group.outside(client) } else { group.inside(client) }?;
        at = end;
        (options.hear)(Event::Committed { migration: &entry.name, steps_done: at });
    }
    Ok(())
}

/// Runs steps on a copy that is thrown away: as on the live database, but without a ledger.
pub(super) fn try_on(
    client: &mut Client,
    name: &str,
    steps: &[StoredStep],
) -> Result<(), RunError> {
    let mut open = None;
    for (index, step) in steps.iter().enumerate() {
        let turns = open != Some(step.transaction) || step.transaction == Transaction::Outside;
        let mut run = || -> Result<(), ::postgres::Error> {
            if turns && matches!(open, Some(Transaction::Segment(_))) {
                client.batch_execute("COMMIT")?;
            }
            if step.transaction == Transaction::Outside {
                for span in statements(&step.sql) {
                    client.batch_execute(&step.sql[span])?;
                }
                return Ok(());
            }
            if turns {
                client.batch_execute("BEGIN")?;
            }
            client.batch_execute(&step.sql)
        };
        if let Err(error) = run() {
            let _ = client.batch_execute("ROLLBACK");
            return Err(refused(name, index, step, &error));
        }
        open = Some(step.transaction);
    }
    // Outside a transaction this only warns.
    let ended = client.batch_execute("COMMIT");
    match (ended, steps.last()) {
        (Err(error), Some(step)) => Err(refused(name, steps.len() - 1, step, &error)),
        _ => Ok(()),
    }
}

fn refused(name: &str, index: usize, step: &StoredStep, error: &::postgres::Error) -> RunError {
    RunError::Step {
        migration: name.to_owned(),
        step: index + 1,
        message: told(error),
        sql: step.sql.clone(),
    }
}

/// Steps that are durable together.
struct Group<'a> {
    entry: &'a Entry,
    steps: &'a [StoredStep],
    start: usize,
    options: &'a Options<'a>,
}

impl Group<'_> {
    fn inside(&self, client: &mut Client) -> Result<(), RunError> {
        for n in 0.. {
            match self.try_inside(client) {
                Ok(()) => return Ok(()),
                Err(fault) => {
                    // A server that is gone has closed it already.
                    let _ = client.batch_execute("ROLLBACK");
                    if !fault.is_passing || n + 1 == N_TRIES {
                        return Err(fault.error);
                    }
                    std::thread::sleep(PAUSE * 2_u32.pow(n));
                }
            }
        }
        unreachable!("the last try returns")
    }

    fn try_inside(&self, client: &mut Client) -> Result<(), Fault> {
        // Ways back have no step of their own that sets it.
        client
            .batch_execute("BEGIN; SET LOCAL lock_timeout = '5s'")
            .map_err(|it| Fault::of(engine("begin")(it)))?;
        (self.options.hear)(Event::Begun { migration: &self.entry.name });
        for (offset, step) in self.steps.iter().enumerate() {
            client.batch_execute(&step.sql).map_err(|it| self.refused(offset, &it))?;
            self.hear(offset);
        }
        self.note(client).map_err(Fault::of)?;
        // Deferred constraints are asked here, so a COMMIT may be refused like any statement.
        client.batch_execute("COMMIT").map_err(|it| self.refused(self.steps.len() - 1, &it))
    }

    fn outside(&self, client: &mut Client) -> Result<(), RunError> {
        for (offset, step) in self.steps.iter().enumerate() {
            for span in statements(&step.sql) {
                self.alone(client, &step.sql[span])
                    .map_err(|it| self.refused(offset, &it).error)?;
            }
            self.hear(offset);
        }
        self.note(client)
    }

    /// What an earlier run left half-built would be taken for the index itself.
    fn alone(&self, client: &mut Client, statement: &str) -> Result<(), ::postgres::Error> {
        drop_half_built(client, statement)?;
        client.batch_execute(statement).inspect_err(|_| {
            // When this fails too, the next run does it.
            let _ = drop_half_built(client, statement);
        })
    }

    fn note(&self, client: &mut Client) -> Result<(), RunError> {
        ledger::progress(client, self.entry.seq, self.start + self.steps.len(), None)
    }

    fn hear(&self, offset: usize) {
        let (migration, index) = (self.entry.name.as_str(), self.start + offset);
        (self.options.hear)(Event::Step { migration, index });
    }

    fn refused(&self, offset: usize, error: &::postgres::Error) -> Fault {
        let passing = [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::LOCK_NOT_AVAILABLE,
        ];
        Fault {
            is_passing: error.code().is_some_and(|it| passing.contains(it)),
            error: refused(&self.entry.name, self.start + offset, &self.steps[offset], error),
        }
    }
}

struct Fault {
    error: RunError,
    /// Whether the same may work a moment later.
    is_passing: bool,
}

impl Fault {
    fn of(error: RunError) -> Self {
        Self { error, is_passing: false }
    }
}
