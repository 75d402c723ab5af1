//! Services that keep something in a workspace: what they left is looked at, whether they run or not.

use super::Check;
use crate::commands::store;
use model::{AbsPath, Timestamp};
use system::System;

/// Holds the values of secrets, encrypted.
const VAULT: &str = "vault.db";
/// The scheduler writes the time here, in Unix milliseconds, at least every 30 s while it runs.
const BEAT: &str = "scheduler.beat";
/// A scheduler that is silent so long is stalled: 90 s.
const BEAT_MS_MAX: i64 = 90_000;
/// A folder for each run of an agent.
const RUNS: &str = "runs";

pub(super) fn checks(system: &dyn System, root: &AbsPath) -> Vec<Check> {
    vec![vault(system, root), scheduler(system, root), runs(system, root)]
}

fn file(root: &AbsPath, name: &str) -> AbsPath {
    store::below(root, &format!("{}/{name}", store::FOLDER))
}

fn vault(system: &dyn System, root: &AbsPath) -> Check {
    let (name, path) = ("vault", file(root, VAULT));
    if !system.exists(&path) {
        return Check::off(name, "not in use: no secret was set");
    }
    match system.is_private(&path) {
        Ok(true) => {
            let (message, hint) = (
                format!("`{path}` is yours alone; nothing in this version opens it"),
                "use the version of specwright that made it",
            );
            Check::warn(name, message, hint).code("FRG003")
        }
        Ok(false) => {
            let message = format!("others than you may read `{path}`");
            Check::fail(name, message, format!("`chmod 600 {path}`")).code("FRG003")
        }
        Err(error) => {
            let hint = "check its permissions";
            Check::fail(name, format!("read `{path}`: {error}"), hint).code("FRG003")
        }
    }
}

fn scheduler(system: &dyn System, root: &AbsPath) -> Check {
    let (name, path) = ("scheduler", file(root, BEAT));
    if !system.exists(&path) {
        return Check::off(name, "not in use: none was started here");
    }
    let hint = format!("start it again, or remove `{path}` if it is not wanted any more");
    let read = system.read(&path, 64).ok().and_then(|it| String::from_utf8(it).ok());
    let Some(beat) = read.and_then(|it| it.trim().parse::<i64>().ok()) else {
        return Check::fail(name, format!("`{path}` holds no time"), hint).code("FRG004");
    };
    let Timestamp(now) = system.now();
    match now - beat {
        it if it <= BEAT_MS_MAX => Check::ok(name, "it runs"),
        it => {
            let message = format!("it has been silent for {} s", it / 1000);
            Check::fail(name, message, hint).code("FRG004")
        }
    }
}

fn runs(system: &dyn System, root: &AbsPath) -> Check {
    let (name, path) = ("agents", file(root, RUNS));
    match system.exists(&path) {
        false => Check::off(name, "not in use: no agent was started here"),
        true => Check::off(name, format!("`{path}` is there; nothing in this version runs agents")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use std::path::Path;
    use system::TestSystem;

    fn check(files: &[(&str, &str)], expect: Expect) {
        let root = AbsPath::new(Path::new("/w")).expect("it is absolute");
        let system = TestSystem::new();
        for (name, text) in files {
            system.set_file(&file(&root, name), text.as_bytes());
        }
        let shown = checks(&system, &root).into_iter().map(|it| {
            format!("{:?} {} {} {}\n", it.state, it.code.unwrap_or("-"), it.name, it.message)
        });
        expect.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn what_was_never_started_is_said_to_be_not_in_use() {
        check(
            &[],
            expect![[r#"
            Off - vault not in use: no secret was set
            Off - scheduler not in use: none was started here
            Off - agents not in use: no agent was started here
        "#]],
        );
    }

    #[test]
    fn what_is_there_is_looked_at() {
        let now = TestSystem::START.0;
        check(
            &[(BEAT, &now.to_string()), (VAULT, "x")],
            expect![[r#"
            Warn FRG003 vault `/w/.specwright/vault.db` is yours alone; nothing in this version opens it
            Ok - scheduler it runs
            Off - agents not in use: no agent was started here
        "#]],
        );
        check(
            &[(BEAT, &(now - 600_000).to_string())],
            expect![[r#"
            Off - vault not in use: no secret was set
            Fail FRG004 scheduler it has been silent for 600 s
            Off - agents not in use: no agent was started here
        "#]],
        );
        check(
            &[(BEAT, "soon")],
            expect![[r#"
            Off - vault not in use: no secret was set
            Fail FRG004 scheduler `/w/.specwright/scheduler.beat` holds no time
            Off - agents not in use: no agent was started here
        "#]],
        );
    }
}
