//! The program, what it calls, who calls it, and the room that there is.

use super::Check;
use crate::commands::CommandCx;
use model::AbsPath;
use system::System;

/// Below this an apply with its backup is likely to fail: 256 MiB.
const FREE_BYTES_MIN: u64 = 256 << 20;
/// Below this it is time to clean up: 1 GiB.
const FREE_BYTES_FEW: u64 = 1 << 30;

/// Editors by a word of their name, with the least version that the tests drive.
const EDITORS: [(&str, [u32; 2]); 3] =
    [("Neovim", [0, 11]), ("Visual Studio Code", [1, 100]), ("helix", [25, 1])];

pub(super) fn checks(cx: &CommandCx<'_>) -> Vec<Check> {
    vec![
        version(),
        client(&cx.client),
        settings(cx),
        specs(cx),
        program(cx, "git", "`check --changed` needs it"),
        program(cx, "pg_dump", "`schema apply` to PostgreSQL backs up with it"),
    ]
}

pub(super) fn disk(system: &dyn System, root: &AbsPath) -> Check {
    room(system.free_bytes(root))
}

fn room(free: Option<u64>) -> Check {
    let name = "disk";
    let Some(free) = free else {
        return Check::off(name, "the free space is not known here");
    };
    let (message, hint) =
        (format!("{} MiB free", free >> 20), "`specwright cleanup` removes old backups");
    match free {
        it if it < FREE_BYTES_MIN => Check::fail(name, message, hint).code("FRG008"),
        it if it < FREE_BYTES_FEW => Check::warn(name, message, hint).code("FRG008"),
        _ => Check::ok(name, message),
    }
}

fn version() -> Check {
    let n_rules = crate::rules::all().len();
    Check::ok("program", format!("specwright {}, {n_rules} rules", env!("CARGO_PKG_VERSION")))
}

/// The one that asks; what it says of itself may be anything.
fn client(client: &str) -> Check {
    let name = "client";
    let known = EDITORS.iter().find(|it| client.to_lowercase().contains(&it.0.to_lowercase()));
    let found = known.and_then(|_| numbers(client));
    match (known, found) {
        (Some((editor, least)), Some(found)) if found < *least => {
            let [major, minor] = least;
            let hint = format!("update {editor} to {major}.{minor} or later");
            Check::warn(name, format!("{client} is older than what is tested"), hint)
        }
        _ => Check::ok(name, client),
    }
}

/// The first two numbers of a version in a text.
fn numbers(text: &str) -> Option<[u32; 2]> {
    let start = text.find(|it: char| it.is_ascii_digit())?;
    let mut parts = text[start..].split(|it: char| !it.is_ascii_digit());
    Some([parts.next()?.parse().ok()?, parts.next()?.parse().ok()?])
}

fn settings(cx: &CommandCx<'_>) -> Check {
    match cx.problems.as_slice() {
        [] => Check::ok("settings", "no problems"),
        problems => {
            let hint = "`specwright check` shows the places";
            Check::fail("settings", problems.join("; "), hint)
        }
    }
}

fn specs(cx: &CommandCx<'_>) -> Check {
    let (n_specs, n_files) = (cx.snapshot.specs().len(), cx.snapshot.documents().len());
    let folder = cx.root.as_ref().map_or("no folder".to_owned(), |it| format!("`{it}`"));
    let message = format!("{n_specs} in {n_files} files of {folder}");
    match n_specs {
        0 => Check::warn(
            "specs",
            message,
            "write a PRD.md, or set `specs.include` in specwright.toml",
        ),
        _ => Check::ok("specs", message),
    }
}

fn program(cx: &CommandCx<'_>, name: &'static str, hint: &str) -> Check {
    let ran = cx.system.run(name, &["--version"], cx.root.as_ref().unwrap_or(&cx.cwd));
    match ran {
        Ok(output) if output.is_success => {
            Check::ok(name, String::from_utf8_lossy(&output.stdout).trim())
        }
        _ => Check::warn(name, "not found", hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::State;

    #[test]
    fn little_room_has_its_code() {
        let told = |free| (room(free).state, room(free).code);
        assert_eq!(told(Some(FREE_BYTES_MIN - 1)), (State::Fail, Some("FRG008")));
        assert_eq!(told(Some(FREE_BYTES_MIN)), (State::Warn, Some("FRG008")));
        assert_eq!(told(Some(FREE_BYTES_FEW)), (State::Ok, None));
        assert_eq!(told(None), (State::Off, None));
    }

    #[test]
    fn old_editors_are_told_and_unknown_ones_are_not() {
        let state = |text: &str| client(text).state;
        assert_eq!(state("Neovim 0.10.4"), State::Warn);
        assert_eq!(state("Neovim 0.11.0"), State::Ok);
        assert_eq!(state("Visual Studio Code 1.99.3"), State::Warn);
        assert_eq!(state("Visual Studio Code 1.101.0"), State::Ok);
        assert_eq!(state("helix 24.7 (abc)"), State::Warn);
        for it in ["command line", "Neovim", "Emacs 20.1", "Neovim x.y", ""] {
            assert_eq!(state(it), State::Ok, "{it}");
        }
    }
}
