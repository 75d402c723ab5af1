//! What a front asks before it runs a command that changes a database, drawn from its dry output.

use serde_json::Value;

/// A question to the author; everything but a yes is a no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub text: String,
    /// The label of the yes.
    pub yes: &'static str,
}

/// The question of a command of the service `migrate`, from what it gave without `yes`; `None` when
/// there is nothing to do. The error is the name of a command that fronts cannot ask for.
///
/// # Errors
/// When the command is none of these.
pub fn question<'c>(command: &'c str, output: &Value) -> Result<Option<Question>, &'c str> {
    let (list, verb, yes) = match command {
        "migrate.apply" => ("pending", "Apply", "Apply"),
        "migrate.rollback" => ("undone", "Roll back", "Roll back"),
        other => return Err(other),
    };
    let entries = output[list].as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        return Ok(None);
    }
    let plural = if entries.len() == 1 { "" } else { "s" };
    let mut text = format!("{verb} {} migration{plural}?", entries.len());
    for it in entries {
        text += &format!("\n{}", entry(it));
    }
    text += match command {
        "migrate.apply" => "\nThe database is backed up first.",
        _ => "\nThe state now is backed up first.",
    };
    Ok(Some(Question { text, yes }))
}

/// What a command that only looks has seen, for an author who asked for it with a click; `None` for
/// one whose output is not for reading on one line.
#[must_use]
pub fn told(command: &str, output: &Value) -> Option<String> {
    if command != "migrate.status" {
        return None;
    }
    let list = |name: &str| output[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let last = list("applied").last().and_then(|it| it["name"].as_str());
    let mut out = match (list("applied").len(), last) {
        (n, Some(last)) => format!("{n} applied, the last `{last}`"),
        _ => "nothing is applied".to_owned(),
    };
    let waiting: Vec<&str> = list("pending").iter().filter_map(Value::as_str).collect();
    match waiting.as_slice() {
        [] => out += "; none waits",
        names => out += &format!("; {} waiting: {}", names.len(), names.join(", ")),
    }
    let problems = list("problems").iter().filter_map(|it| it["message"].as_str());
    let drift = list("drift").iter().filter_map(Value::as_str);
    out.extend(problems.chain(drift).map(|it| format!("; {it}")));
    Some(out)
}

/// `0002_posts: 3 steps, loses posts.title`
fn entry(it: &Value) -> String {
    let strings = |it: &Value| -> Vec<String> {
        let list = it.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let steps = it["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let plural = if steps.len() == 1 { "" } else { "s" };
    let mut parts = vec![format!("{} step{plural}", steps.len())];
    let losses = steps.iter().flat_map(|it| strings(&it["loses"])).chain(strings(&it["loses"]));
    parts.extend(losses.map(|it| format!("loses {it}")));
    if let Some(from) = it["restored_from"].as_str() {
        parts.push(format!("data comes back from {from}"));
    }
    parts.extend(strings(&it["back"]));
    format!("{}: {}", it["name"].as_str().unwrap_or("?"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::json;

    fn check(command: &str, output: &Value, expect: Expect) {
        let shown = match question(command, output) {
            Ok(Some(it)) => format!("{}\n[{}]\n", it.text, it.yes),
            Ok(None) => "nothing\n".to_owned(),
            Err(name) => format!("not {name}\n"),
        };
        expect.assert_eq(&shown);
    }

    #[test]
    fn a_look_is_told_on_one_line() {
        let entry = |name: &str| json!({ "name": name, "kind": "apply", "at_ms": 0 });
        let output = json!({
            "applied": [entry("0001_a"), entry("0002_b")], "pending": ["0003_c"],
            "problems": [{ "message": "`0002_b` was edited after it was applied" }], "drift": [],
        });
        expect![[r#"2 applied, the last `0002_b`; 1 waiting: 0003_c; `0002_b` was edited after it was applied"#]]
            .assert_eq(&told("migrate.status", &output).expect("it is for reading"));
        let nothing = json!({ "applied": [], "pending": [], "problems": [], "drift": [] });
        expect!["nothing is applied; none waits"]
            .assert_eq(&told("migrate.status", &nothing).expect("it is for reading"));
        assert_eq!(told("spec.check", &nothing), None);
    }

    #[test]
    fn a_question_names_what_will_be_done_and_lost() {
        let steps = json!([{ "loses": ["posts.title"] }, {}]);
        let pending =
            json!([{ "name": "0002_posts", "steps": steps, "back": ["needs the backup"] }]);
        check(
            "migrate.apply",
            &json!({ "pending": pending }),
            expect![[r#"
            Apply 1 migration?
            0002_posts: 2 steps, loses posts.title, needs the backup
            The database is backed up first.
            [Apply]
        "#]],
        );
        check(
            "migrate.apply",
            &json!({ "pending": [] }),
            expect![[r#"
            nothing
        "#]],
        );
        let undone = json!([
            { "name": "0002_a", "steps": ["x"], "restored_from": "b.db", "loses": ["3 rows of a"] },
            { "name": "0001_b" }
        ]);
        check(
            "migrate.rollback",
            &json!({ "undone": undone }),
            expect![[r#"
            Roll back 2 migrations?
            0002_a: 1 step, loses 3 rows of a, data comes back from b.db
            0001_b: 0 steps
            The state now is backed up first.
            [Roll back]
        "#]],
        );
        check(
            "spec.check",
            &json!({}),
            expect![[r#"
            not spec.check
        "#]],
        );
    }
}
