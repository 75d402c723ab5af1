//! What a front asks before it runs a command that changes a database, drawn from its dry output.

use super::forge_provision;
use super::reviews::{self, ReviewData};
use serde_json::{Value, json};

/// A question to the author; everything but one of its options is a no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub text: String,
    pub options: Vec<Choice>,
}

/// What can be said to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The label.
    pub title: String,
    pub says: Says,
}

/// What a choice means for the input of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Do it.
    Yes,
    /// Do it, with these fields of the input.
    Agree(Value),
    /// Answers that go to the input's `answer`; the command is run dry again with them.
    Answers(Vec<String>),
    /// Do it, with the words that the author then types in this field of the input.
    Type { field: &'static str, prompt: &'static str },
    /// Nothing yet: read this page of Markdown first.
    Read(String),
    /// Go through it in the editor, edit by edit, with these fields of the input.
    Panel(Value),
}

/// What a person is asked for who lets something by.
const WHY: &str = "Why is it right all the same? It stays in the audit log.";

/// The question of a command that asks, from what it gave without `yes`; `None` when there is
/// nothing to do. The error is the name of a command that fronts cannot ask for.
///
/// # Errors
/// When the command is none of these.
pub fn question<'c>(command: &'c str, output: &Value) -> Result<Option<Question>, &'c str> {
    let (list, verb, yes) = match command {
        "migrate.apply" => ("pending", "Apply", "Apply"),
        "migrate.rollback" => ("undone", "Roll back", "Roll back"),
        "forge.provision" => return Ok(provision(output)),
        "workspace.cleanup" => return Ok(listed(output, "removed", "Remove", "file", "file")),
        "memory.forget" => return Ok(listed(output, "items", "Forget", "decision", "choice")),
        "rollback.to" => return Ok(rollback("Roll back to", &output["preview"])),
        "rollback.changes" => {
            return Ok(rollback("Undo what was done from", &output["preview"]));
        }
        "proof.share" => return Ok(share(&output["preview"])),
        other => return Err(other),
    };
    let entries = entries(output, list);
    if entries.is_empty() {
        return Ok(None);
    }
    let mut text = format!("{verb} {}?", counted(entries.len(), "migration"));
    for it in entries {
        text += &format!("\n{}", entry(it));
    }
    text += &council(&output["council"]);
    text += match command {
        "migrate.apply" => "\nThe database is backed up first.",
        _ => "\nThe state now is backed up first.",
    };
    Ok(Some(yes_or_no(text, yes)))
}

/// The question of a rollback: how much of what changes, what stays, and how to take it back.
fn rollback(verb: &str, preview: &Value) -> Option<Question> {
    const N_NAMES_MAX: usize = 10;
    let digest = preview["digest"].as_str()?;
    let (files, databases) = (entries(preview, "files"), entries(preview, "databases"));
    let label = preview["checkpoint"]["label"].as_str().unwrap_or_default();
    let id = preview["checkpoint"]["id"].as_str().unwrap_or_default();
    let mut text = format!(
        "{verb} {id} ({label})? {} and {} change.",
        counted(files.len(), "file"),
        counted(databases.len(), "database")
    );
    for it in files.iter().take(N_NAMES_MAX) {
        let of = |name: &str| it[name].as_str().unwrap_or_default();
        text += &format!("\n{} {}", of("act"), of("path"));
    }
    if files.len() > N_NAMES_MAX {
        text += &format!("\nand {} more", files.len() - N_NAMES_MAX);
    }
    for it in databases.iter().flat_map(|it| entries(it, "tables")) {
        let n = |name: &str| it[name].as_u64().map_or("no".to_owned(), |it| it.to_string());
        let (before, after) = (n("rows_before"), n("rows_after"));
        if before != after {
            let table = it["table"].as_str().unwrap_or_default();
            text += &format!("\n{table}: {before} rows -> {after} rows");
        }
    }
    for it in entries(preview, "kept") {
        let of = |name: &str| it[name].as_str().unwrap_or_default();
        text += &format!("\nstays: {} {}", of("path"), of("why"));
    }
    text += "\nA checkpoint of the state now is made first.";
    let says = Says::Agree(json!({ "yes": digest }));
    Some(Question { text, options: vec![Choice { title: "Roll back".to_owned(), says }] })
}

/// The choice to go through a rollback in the editor; `None` where it changes no text, or more files
/// than anybody goes through.
#[must_use]
pub fn panel_choice(command: &str, output: &Value) -> Option<Choice> {
    let preview = &output["preview"];
    let files = entries(preview, "files");
    let has_text = files.iter().any(|it| it["diff"].is_string());
    let is_rollback = matches!(command, "rollback.to" | "rollback.changes");
    if !is_rollback || !has_text || files.len() > checkpoint::N_FILES_ASK {
        return None;
    }
    let says = Says::Panel(json!({ "yes": preview["digest"].as_str()? }));
    Some(Choice { title: "Preview".to_owned(), says })
}

/// The question of a proof that is to be shared: where to, what was hidden, and who is named.
fn share(preview: &Value) -> Option<Question> {
    let digest = preview["digest"].as_str()?;
    let to = preview["to"].as_str().unwrap_or_default();
    let mut text = format!("Share the proof? It goes to {to}.");
    let masked = strings(&preview["masked"]);
    let hidden = if masked.is_empty() { "nothing".to_owned() } else { masked.join(", ") };
    text += &format!("\nMade unreadable: {hidden}.");
    let people = strings(&preview["people"]);
    if !people.is_empty() {
        text += &format!("\nPeople named: {}.", people.join(", "));
    }
    let says = Says::Agree(json!({ "yes": digest }));
    Some(Question { text, options: vec![Choice { title: "Share".to_owned(), says }] })
}

/// The second question of a command that has not done what was agreed to: much changes, or HEAD has
/// moved since.
#[must_use]
pub fn second_question(output: &Value) -> Option<Question> {
    let preview = &output["preview"];
    if output["done"] != json!(false) || preview["asks_again"] != json!(true) {
        return None;
    }
    let reasons = reasons_to_ask_again(preview);
    let text = format!("Really roll back? {reasons}. Branches stay.");
    let says = Says::Agree(json!({ "again": true }));
    Some(Question { text, options: vec![Choice { title: "Really roll back".to_owned(), says }] })
}

/// Why a rollback with this preview is asked about twice, as a fragment of a sentence.
#[must_use]
pub fn reasons_to_ask_again(preview: &Value) -> String {
    let n_files = entries(preview, "files").len();
    let mut reasons = Vec::new();
    if preview["head_moved"] == json!(true) {
        reasons.push(match preview["commits_since"].as_u64().unwrap_or(0) {
            0 => "another commit or branch is checked out".to_owned(),
            n => format!("commits were made since: {n}"),
        });
    }
    if n_files > checkpoint::N_FILES_ASK {
        reasons.push(format!("{n_files} files change"));
    }
    reasons.join("; ")
}

/// A text for the author to read before the question, such as a diff; `None` when it says all.
#[must_use]
pub fn preview(command: &str, output: &Value) -> Option<String> {
    if command != "forge.provision" || !forge_provision::has_work(output) {
        return None;
    }
    let mut out = String::from("# What provisioning will do; nothing is changed yet.\n");
    let mut told = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out += &format!("#\n# {title}\n");
            lines.iter().for_each(|it| out += &format!("#   {}\n", it.replace('\n', "\n#   ")));
        }
    };
    told("Left open by the spec, asked next:", fields(output, "questions", "text"));
    told("Chosen, for you to check:", chosen(output));
    told("Not as the spec has it:", strings(&output["notes"]));
    told("No longer asked for by a spec, and left as it is:", drift(output));
    told("Not declared any more, and taken out of force:", strings(&output["withdrawn"]));
    told("Found in the dry run:", strings(&output["evidence"]));
    told("Migrations:", entries(output, "pending").iter().map(entry).collect());
    if let Ok(review) = serde_json::from_value::<ReviewData>(output["council"].clone()) {
        let title = format!("In review, {}:", review.verdict_in_words());
        told(&title, verdict(&review));
    }
    for file in entries(output, "files") {
        out += &format!("\n{}", file["diff"].as_str().unwrap_or_default());
    }
    Some(out)
}

/// What the council found, how to mend it, and who was not heard.
fn verdict(review: &ReviewData) -> Vec<String> {
    let mut out = Vec::new();
    for it in &review.findings {
        out.push(format!("{} {} ({}/{})", it.risk, it.claim, it.reviewer, it.rule));
        if !it.place().is_empty() {
            out.push(format!("  in {}", it.place()));
        }
        if let Some(fix) = &it.fix {
            let text = if fix.text.is_empty() { String::new() } else { format!(": {}", fix.text) };
            out.push(format!("  fix: {}{}", fix.title, text.replace('\n', "\n    ")));
        }
    }
    if review.findings.is_empty() {
        out.push("nothing was found".to_owned());
    }
    let silent = review.reviewers.iter().filter(|it| it.status == "failed");
    out.extend(silent.map(|it| {
        format!("`{}` gave no answer: {}", it.name, it.why.as_deref().unwrap_or("no reason"))
    }));
    out
}

fn provision(output: &Value) -> Option<Question> {
    if let Some(first) = entries(output, "questions").first() {
        return Some(open_question(output, first));
    }
    if !forge_provision::has_work(output) {
        return None;
    }
    let tables = |it: &&Value| it["primitive"].as_str().is_some_and(|it| it.starts_with("tables/"));
    let added = entries(output, "added");
    let n_tables = added.iter().filter(tables).count();
    let mut parts = Vec::new();
    if n_tables > 0 {
        parts.push(counted(n_tables, "table"));
    }
    if added.len() > n_tables {
        parts.push(counted(added.len() - n_tables, "resource"));
    }
    let what = if parts.is_empty() { "what is declared".to_owned() } else { parts.join(" and ") };
    let mut text = format!("Provision {what}?");
    for file in entries(output, "files") {
        let word = if file["is_new"] == Value::Bool(true) { "new" } else { "changed" };
        text += &format!("\n{} ({word})", file["path"].as_str().unwrap_or("?"));
    }
    entries(output, "pending").iter().for_each(|it| text += &format!("\n{}", entry(it)));
    let gone = strings(&output["withdrawn"]);
    if !gone.is_empty() {
        text += &format!("\nout of force: {}", gone.join(", "));
    }
    let n_chosen = chosen(output).len();
    if n_chosen > 0 {
        text += &format!("\n{} for you to check.", counted(n_chosen, "choice"));
    }
    text += &council(&output["council"]);
    text += "\nThe database is backed up first.";
    Some(yes_or_no(text, "Provision"))
}

/// Asks all questions of one kind at once where the same answers fit all of them.
fn open_question(output: &Value, first: &Value) -> Question {
    let values = |it: &Value| -> Vec<String> { fields(it, "options", "value") };
    let same = entries(output, "questions")
        .iter()
        .filter(|it| it["group"] == first["group"] && values(it) == values(first));
    let same: Vec<&Value> = same.collect();
    let text: Vec<&str> = same.iter().filter_map(|it| it["text"].as_str()).collect();
    let keys: Vec<&str> = same.iter().filter_map(|it| it["key"].as_str()).collect();
    let option = |it: &Value| {
        let value = it["value"].as_str().unwrap_or_default();
        let meaning = it["meaning"].as_str().unwrap_or_default();
        let title = if same.len() > 1 || meaning.is_empty() {
            value.to_owned()
        } else {
            format!("{value}: {meaning}")
        };
        let answers = keys.iter().map(|key| format!("{key}={value}")).collect();
        Choice { title, says: Says::Answers(answers) }
    };
    let mut text = text.join("\n");
    if same.len() > 1 {
        for it in entries(first, "options") {
            let word = |name: &str| it[name].as_str().unwrap_or_default();
            text += &format!("\n{}: {}", word("value"), word("meaning"));
        }
    }
    Question { text, options: entries(first, "options").iter().map(option).collect() }
}

fn yes_or_no(text: String, yes: &str) -> Question {
    Question { text, options: vec![Choice { title: yes.to_owned(), says: Says::Yes }] }
}

fn counted(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

fn entries<'v>(output: &'v Value, list: &str) -> &'v [Value] {
    output[list].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn fields(output: &Value, list: &str, name: &str) -> Vec<String> {
    let named = entries(output, list).iter().filter_map(|it| it[name].as_str());
    named.map(str::to_owned).collect()
}

fn chosen(output: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for it in entries(output, "added") {
        let name = it["primitive"].as_str().unwrap_or("?");
        out.extend(strings(&it["chosen"]).iter().map(|it| format!("{name} {it}")));
    }
    out
}

fn drift(output: &Value) -> Vec<String> {
    let line = |it: &Value| {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        format!(
            "{} in {}:{}, once asked for by {}",
            word("primitive"),
            word("file"),
            it["line"],
            word("asked_by")
        )
    };
    entries(output, "drift").iter().map(line).collect()
}

fn strings(it: &Value) -> Vec<String> {
    let list = it.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

/// What a command has seen or done, for an author who asked for it with a click; `None` for one whose
/// output is not for reading on one line.
#[must_use]
pub fn told(command: &str, output: &Value) -> Option<String> {
    match command {
        "migrate.status" => {}
        "proof.generate" => {
            let word = |name: &str| output["proof"][name].as_str().unwrap_or_default();
            let (page, trust) = (word("page"), word("trust"));
            return Some(format!("{}; {trust}; the page is {page}", word("headline")));
        }
        "checkpoint.create" => {
            let id = output["checkpoint"]["id"].as_str().unwrap_or_default();
            let n_left = entries(output, "uncaptured").len();
            let left =
                if n_left == 0 { String::new() } else { format!(", without {n_left} paths") };
            return Some(format!("checkpoint {id} has everything as it is now{left}"));
        }
        "proof.share" if output["done"] == json!(true) => {
            return Some(match output["address"].as_str() {
                Some(address) => format!("shared at {address}"),
                None => "shared; the server named no address".to_owned(),
            });
        }
        "proof.verify" => return Some(verified(output)),
        "council.review" => {
            let verdict = output["verdict"].as_str().unwrap_or_default();
            let n_found = entries(output, "findings").len();
            let s = if n_found == 1 { "" } else { "s" };
            return Some(format!("{}: {n_found} finding{s}", reviews::verdict_in_words(verdict)));
        }
        _ => return None,
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

/// What of a proof does not hold, or how much does.
fn verified(output: &Value) -> String {
    let of_state = |state: &str| -> Vec<String> {
        let of_state = entries(output, "checks").iter().filter(|it| it["state"] == state);
        let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        of_state.map(|it| format!("{}: {}", word(it, "name"), word(it, "detail"))).collect()
    };
    match of_state("fails").as_slice() {
        [] => {
            let (holds, unchecked) = (of_state("holds").len(), of_state("unchecked").len());
            format!("nothing fails: {holds} hold, {unchecked} are unchecked")
        }
        failures => failures.join("; "),
    }
}

/// What the council asks about; the yes acknowledges it.
fn council(it: &Value) -> String {
    let findings = it["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let asking = findings.iter().filter(|it| it["asks"] == "acknowledge");
    let lines = asking.map(|it| {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        format!("\n- {} ({})", word("claim"), word("reviewer"))
    });
    let lines: String = lines.collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\nThe council asks whether this is meant:{lines}")
    }
}

/// The question about what the council stops; `None` when a yes is enough, or the spec leaves open
/// what is to be judged.
#[must_use]
pub fn stopped(output: &Value) -> Option<Question> {
    if !entries(output, "questions").is_empty() {
        return None;
    }
    let review: ReviewData = serde_json::from_value(output["council"].clone()).ok()?;
    let what = match review.verdict.as_str() {
        "block" => "The council blocks it:",
        "inconclusive" => "The council came to no verdict:",
        _ => return None,
    };
    let reasons: String = review.reasons.iter().map(|it| format!("\n- {it}")).collect();
    let text = format!(
        "{what}{reasons}\nNothing was changed. Correct what is marked, or let it by with a reason."
    );
    let read = Says::Read(review.page("Review by the council"));
    let by = Says::Type { field: "override", prompt: WHY };
    let options = vec![
        Choice { title: "Show the review".to_owned(), says: read },
        Choice { title: "Let it by with a reason …".to_owned(), says: by },
    ];
    Some(Question { text, options })
}

/// A question about each thing of a list, by its field `name`.
fn listed(output: &Value, list: &str, yes: &str, noun: &str, name: &str) -> Option<Question> {
    /// More is not read in a dialog.
    const SHOWN_MAX: usize = 12;
    let all = entries(output, list);
    let mut text = format!("{yes} {} for good?", counted(all.len(), noun));
    for it in all.iter().take(SHOWN_MAX) {
        text += &format!("\n{}", it[name].as_str().unwrap_or("?"));
    }
    if all.len() > SHOWN_MAX {
        text += &format!("\nand {} more", all.len() - SHOWN_MAX);
    }
    (!all.is_empty()).then(|| yes_or_no(text, yes))
}

/// `0002_posts: 3 steps, loses posts.title`
fn entry(it: &Value) -> String {
    let steps = entries(it, "steps");
    let mut parts = vec![counted(steps.len(), "step")];
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

    fn check(command: &str, output: &Value, expect: Expect) {
        let shown = match question(command, output) {
            Ok(Some(it)) => {
                let titles: Vec<&str> = it.options.iter().map(|it| it.title.as_str()).collect();
                format!("{}\n[{}]\n", it.text, titles.join("] ["))
            }
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
            "workspace.cleanup",
            &json!({ "removed": [{ "file": "a.db" }, { "file": "b.db" }] }),
            expect![[r#"
                Remove 2 files for good?
                a.db
                b.db
                [Remove]
            "#]],
        );
        check(
            "memory.forget",
            &json!({ "items": [] }),
            expect![[r#"
            nothing
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

    #[test]
    fn what_a_spec_leaves_open_is_asked_first_and_together() {
        let options = json!([{ "value": "owner", "meaning": "who `user_id` names" }, { "value": "deny", "meaning": "nobody" }]);
        let ask = |name: &str| json!({ "key": format!("tables/{name}.access"), "group": "access", "text": format!("Who sees `{name}`?"), "options": options });
        let questions = json!([ask("loans"), ask("messages")]);
        check(
            "forge.provision",
            &json!({ "questions": questions }),
            expect![[r#"
            Who sees `loans`?
            Who sees `messages`?
            owner: who `user_id` names
            deny: nobody
            [owner] [deny]
        "#]],
        );
        let question = question("forge.provision", &json!({ "questions": questions }));
        let first = question.expect("it asks").expect("a question").options.remove(0);
        let answers = ["tables/loans.access=owner", "tables/messages.access=owner"];
        assert_eq!(first.says, Says::Answers(answers.map(str::to_owned).to_vec()));
        let added = json!([{ "primitive": "tables/loans", "chosen": ["id: a key"] }]);
        let files = json!([{ "path": "forge/migrations/0001_add_loans.yaml", "is_new": true }]);
        check(
            "forge.provision",
            &json!({ "added": added, "files": files }),
            expect![[r#"
            Provision 1 table?
            forge/migrations/0001_add_loans.yaml (new)
            1 choice for you to check.
            The database is backed up first.
            [Provision]
        "#]],
        );
    }
}
