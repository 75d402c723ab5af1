use super::cx::{Cx, Sink};
use super::told::risk_of_disused;
use super::{Rule, already_there, missing_target, refused_statement};
use model::{Risk, Stake};

declare_rule! {
    /// The way back failed, or gave back fewer rows, when it was run after the migration on made-up rows in memory.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column m text;
    /// -- down
    /// alter table p drop column q;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column m text;
    /// -- down
    /// alter table p drop column m;
    /// ```
    pub(super) static RULE = {
        name: "failed-way-back",
        group: Reversibility,
        class: DataLoss,
        since: "0.1.0",
        check: failed_way_back,
    }
}

fn failed_way_back(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(trial) = cx.trial() else { return refused(cx, sink) };
    // Rows were made up for a table that has none, as its comment says.
    let is_empty = |name: &str| {
        let table = cx.change.before.table(name);
        table.is_some_and(|it| risk_of_disused(cx, it.id) == Some(Risk::Low))
    };
    match &trial.back {
        Some(Err(failure)) => {
            let claim = format!("the way back fails when it is run: {}", failure.message);
            sink.whole("migration", Risk::Medium, claim).stake(Stake::Data).proved();
        }
        Some(Ok(back)) => {
            for (name, was) in &trial.before {
                let n_rows = back.get(name).map_or(0, |it| it.n_rows);
                if n_rows < was.n_rows && !is_empty(name) {
                    let claim =
                        format!("of {} rows of `{name}`, the way back leaves {n_rows}", was.n_rows);
                    sink.whole(name, Risk::High, claim).stake(Stake::Data).proved();
                }
            }
        }
        None => {}
    }
    let Some(rough) = cx.rough_trial() else { return };
    let (Some(Ok(_)), Some(Ok(back))) = (&trial.back, &rough.back) else { return };
    for (name, was) in &rough.before {
        let n_rows = back.get(name).map_or(0, |it| it.n_rows);
        let is_told = trial
            .back
            .iter()
            .flatten()
            .any(|it| it.get(name).is_none_or(|it| it.n_rows < trial.before[name].n_rows));
        if n_rows < was.n_rows && !is_told && !is_empty(name) {
            let claim = format!(
                "of {} rows of `{name}` such as real tables have, the way back leaves {n_rows}",
                was.n_rows
            );
            sink.whole(name, Risk::High, claim).stake(Stake::Data).proved();
        }
    }
}

/// What the server would refuse of a way back that was not run.
fn refused(cx: &Cx, sink: &mut Sink<'_>) {
    static ASKED: [&Rule; 3] =
        [&missing_target::RULE, &already_there::RULE, &refused_statement::RULE];
    let Ok(back) = cx.way_back() else { return };
    let mut found = Vec::new();
    for rule in ASKED {
        (rule.check)(back, &mut Sink::new(rule, back, &mut found));
    }
    for mut finding in found.into_iter().filter(|it| it.risk >= Risk::Medium) {
        (finding.risk, finding.stake) = (Risk::Medium, Some(Stake::Data));
        sink.adopt(&finding, format!("the way back fails: {}", finding.claim));
    }
}
