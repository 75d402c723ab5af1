//! The page of a proof: one file that loads nothing, runs nothing, and treats what it shows as
//! hostile. The same proof is always the same bytes.

use crate::statement::{
    Approval, Asked, Chain, ChangedDatabase, Changes, LedgerRow, Predicate, Redaction, Review, Run,
    Statement, Test, TestResult, Undoing,
};
use crate::{Level, Proof};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
/// Where the envelope stands in the page.
const ENVELOPE_OPEN: &str = "<pre id=\"envelope\" tabindex=\"0\">";

/// Draws the page.
#[must_use]
pub fn page(proof: &Proof) -> String {
    let predicate = &proof.statement.predicate;
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let mut out = Html(String::new());
    out.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // First of all, so that nothing before it could load.
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    out.raw(&format!("style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'\">\n"));
    out.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>Proof ");
    out.text(&predicate.id);
    out.raw(&format!("</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"));
    header(&mut out, proof);
    out.raw("<main>\n");
    run(&mut out, &predicate.run);
    asked(&mut out, &predicate.asked);
    changed(&mut out, &predicate.changed);
    reviewed(&mut out, &predicate.reviewed);
    approved(&mut out, &predicate.approved);
    tested(&mut out, &predicate.tested, &predicate.not_run);
    undone(&mut out, &predicate.undone);
    redaction(&mut out, &predicate.redaction);
    trust(&mut out, proof);
    chain(&mut out, &predicate.chain);
    subjects(&mut out, &proof.statement);
    verify(&mut out, proof);
    out.raw("</main>\n</body>\n</html>\n");
    out.0
}

/// The envelope that a page holds.
#[must_use]
pub fn envelope_of(html: &str) -> Option<String> {
    let (_, rest) = html.split_once(ENVELOPE_OPEN)?;
    let (text, _) = rest.split_once("</pre>")?;
    let plain = text.replace("&quot;", "\"").replace("&#39;", "'");
    Some(plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A text as it stands in HTML: nothing in it is markup, nothing turns the direction of what
/// follows, and what cannot be seen is shown.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\n' | '\t' => out.push(it),
            _ if is_unseen(it) => {
                let _ = write!(out, "\u{27e8}U+{:04X}\u{27e9}", u32::from(it));
            }
            _ => out.push(it),
        }
    }
    out
}

/// Control characters, and those that join, hide or turn text.
fn is_unseen(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(it, '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(it, '\u{e0000}'..='\u{e007f}')
}

/// Markup that only this file writes, and texts of others.
struct Html(String);

impl Html {
    fn raw(&mut self, markup: &str) {
        self.0 += markup;
    }

    fn text(&mut self, text: &str) {
        self.0 += &escaped(text);
    }

    fn section(&mut self, id: &str, title: &str, draw: impl FnOnce(&mut Self)) {
        self.raw(&format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n"));
        draw(self);
        self.raw("</section>\n");
    }

    fn paragraph(&mut self, text: &str) {
        self.raw("<p>");
        self.text(text);
        self.raw("</p>\n");
    }

    /// Names with their values; those without a value are left out.
    fn pairs(&mut self, pairs: &[(&str, &str)]) {
        self.raw("<dl>\n");
        for (name, value) in pairs.iter().filter(|it| !it.1.is_empty()) {
            self.raw(&format!("<dt>{name}</dt><dd><bdi>"));
            self.text(value);
            self.raw("</bdi></dd>\n");
        }
        self.raw("</dl>\n");
    }

    /// A table; the first cell of a row names it.
    fn table(
        &mut self,
        caption: &str,
        heads: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return;
        }
        self.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
        self.text(caption);
        self.raw("\">\n<table>\n<caption>");
        self.text(caption);
        self.raw("</caption>\n<thead><tr>");
        for it in heads {
            self.raw(&format!("<th scope=\"col\">{it}</th>"));
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for (index, it) in row.iter().enumerate() {
                let (open, close) = match index {
                    0 => ("<th scope=\"row\"><bdi>", "</bdi></th>"),
                    _ => ("<td><bdi>", "</bdi></td>"),
                };
                self.raw(open);
                self.text(it);
                self.raw(close);
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n</table>\n</div>\n");
    }

    fn list(&mut self, items: &[String]) {
        self.raw("<ul>\n");
        for it in items {
            self.raw("<li><bdi>");
            self.text(it);
            self.raw("</bdi></li>\n");
        }
        self.raw("</ul>\n");
    }

    /// A long text behind a line that says what it is.
    fn details(&mut self, summary: &str, text: &str) {
        self.raw("<details><summary>");
        self.text(summary);
        self.raw("</summary>\n<pre tabindex=\"0\">");
        self.text(text);
        self.raw("</pre></details>\n");
    }
}

fn header(out: &mut Html, proof: &Proof) {
    let predicate = &proof.statement.predicate;
    out.raw("<header>\n<p class=\"kind\">Proof of run</p>\n<h1>");
    out.text(&predicate.headline);
    out.raw("</h1>\n<p>");
    out.raw("<strong class=\"level\">");
    out.raw(Level::of(proof).word());
    out.raw("</strong> <a href=\"#trust\">What this shows, and what it does not</a></p>\n");
    let tool = format!("{} {}", predicate.tool.name, predicate.tool.version);
    let pairs =
        [("Proof", predicate.id.as_str()), ("Made at", &predicate.generated_at), ("By", &tool)];
    out.pairs(&pairs);
    out.raw("</header>\n");
}

fn run(out: &mut Html, run: &Run) {
    out.section("run", "The run", |out| {
        let actors = run.actors.join(", ");
        out.pairs(&[
            ("Kind", &run.kind),
            ("Act", &run.name),
            ("On", &run.target),
            ("Intent", &run.intent),
            (
                "Outcome",
                if run.outcome.is_empty() { "nobody has told how it ended" } else { &run.outcome },
            ),
            ("Started", &run.started_at),
            ("Ended", run.ended_at.as_deref().unwrap_or_default()),
            ("Who acted", &actors),
            ("Checkpoint before", run.checkpoint_before.as_deref().unwrap_or_default()),
            ("Checkpoint after", run.checkpoint_after.as_deref().unwrap_or_default()),
        ]);
    });
}

fn asked(out: &mut Html, asked: &Asked) {
    out.section("asked", "What was asked", |out| {
        if asked.requirements.is_empty() && asked.migrations.is_empty() {
            out.paragraph("No spec was found that asks for it.");
        }
        let rows = asked.requirements.iter().map(|it| {
            vec![it.primitive.clone(), format!("{}:{}", it.path, it.line), it.text.clone()]
        });
        out.table("Requirements", &["For", "Where", "Text"], rows);
        for it in &asked.migrations {
            let standing = match it.is_as_applied {
                Some(true) => "the text that was applied",
                Some(false) => "not the text that was applied: it was edited since",
                None => "not known to the ledger",
            };
            out.details(&format!("{} ({standing})", it.path), &it.text);
        }
    });
}

fn changed(out: &mut Html, changed: &Changes) {
    let number = |it: Option<usize>| it.map_or_else(String::new, |it| it.to_string());
    out.section("changed", "What changed", |out| {
        if changed.compared.is_empty() {
            out.paragraph(
                "Files and rows were not compared: there is no checkpoint from before the run.",
            );
        } else {
            out.paragraph(&format!("Files and databases compared: {}.", changed.compared));
        }
        let rows = changed.files.iter().map(|it| {
            let note = it.note.clone().unwrap_or_default();
            vec![
                it.path.clone(),
                it.act.clone(),
                number(it.lines_added),
                number(it.lines_removed),
                note,
            ]
        });
        out.table("Files", &["File", "Change", "Lines added", "Lines removed", "Note"], rows);
        if changed.files.is_empty() && !changed.compared.is_empty() {
            out.paragraph("No file is different.");
        }
        changed.databases.iter().for_each(|it| database(out, it));
        ledger(out, &changed.ledger);
        let rows = changed.uncaptured.iter().map(|it| vec![it.name.clone(), it.why.clone()]);
        out.table("Not compared", &["Path", "Why"], rows);
    });
}

/// The rows of the database here, and those of servers, which nobody has read again.
fn ledger(out: &mut Html, rows: &[LedgerRow]) {
    let cells = |it: &LedgerRow| {
        vec![
            it.name.clone(),
            it.kind.clone(),
            it.status.clone(),
            it.n_steps.to_string(),
            it.at.clone(),
            it.schema_after.clone(),
        ]
    };
    let heads = ["Migration", "Kind", "Status", "Steps", "When", "Schema afterwards (hash)"];
    let own = rows.iter().filter(|it| it.server.is_none());
    out.table("Ledger of the database", &heads, own.map(cells));
    let servers: BTreeSet<&str> = rows.iter().filter_map(|it| it.server.as_deref()).collect();
    for server in servers {
        let of_server = rows.iter().filter(|it| it.server.as_deref() == Some(server));
        let title = format!("Ledger of {server}, as recorded here when it was written");
        out.table(&title, &heads, of_server.map(cells));
    }
}

fn database(out: &mut Html, it: &ChangedDatabase) {
    let number =
        |it: Option<u64>| it.map_or_else(|| "no such table".to_owned(), |it| it.to_string());
    let rows = it
        .tables
        .iter()
        .map(|it| vec![it.table.clone(), number(it.rows_before), number(it.rows_after)]);
    out.table(&format!("Rows of {}", it.path), &["Table", "Before", "After"], rows);
    if !it.schema.is_empty() {
        out.details(&format!("Schema of {}", it.path), &it.schema);
    }
}

fn reviewed(out: &mut Html, reviews: &[Review]) {
    out.section("reviewed", "What was reviewed", |out| {
        if reviews.is_empty() {
            out.paragraph("The council reviewed nothing of it.");
        }
        for it in reviews {
            out.raw("<h3><bdi>");
            out.text(&it.change);
            out.raw("</bdi></h3>\n");
            out.pairs(&[("Verdict", &it.verdict), ("At", &it.at)]);
            if !it.reasons.is_empty() {
                out.list(&it.reasons);
            }
            let rows = it.findings.iter().map(|it| {
                let meant = if it.suppressed { "said to be meant" } else { "" };
                vec![
                    it.rule.clone(),
                    it.risk.clone(),
                    it.evidence.clone(),
                    it.object.clone(),
                    it.claim.clone(),
                    it.reviewer.clone(),
                    meant.to_owned(),
                ]
            });
            let heads = ["Rule", "Risk", "Evidence", "Object", "Claim", "Reviewer", "Note"];
            out.table("Findings", &heads, rows);
            let rows = it.reviewers.iter().map(|it| {
                vec![it.name.clone(), it.state.clone(), it.why.clone().unwrap_or_default()]
            });
            out.table("Reviewers", &["Reviewer", "State", "Why"], rows);
        }
    });
}

fn approved(out: &mut Html, approvals: &[Approval]) {
    out.section("approved", "What was approved or overridden", |out| {
        if approvals.is_empty() {
            out.paragraph("The audit chain tells of no decision.");
        }
        let rows = approvals.iter().map(|it| {
            vec![
                it.act.clone(),
                it.actor.clone(),
                it.at.clone(),
                it.subject.clone(),
                it.detail.clone(),
                it.entry.to_string(),
            ]
        });
        out.table("Decisions", &["Act", "Who", "When", "On", "Words", "Entry"], rows);
    });
}

fn tested(out: &mut Html, tests: &[Test], not_run: &[String]) {
    out.section("tested", "What was tested", |out| {
        let word = |it: TestResult| match it {
            TestResult::Passed => "passed",
            TestResult::Failed => "failed",
            TestResult::NotRun => "not run",
        };
        let rows = tests
            .iter()
            .map(|it| vec![it.what.clone(), word(it.result).to_owned(), it.evidence.clone()]);
        out.table("Tests", &["Test", "Result", "Shown by"], rows);
        if tests.is_empty() {
            out.paragraph("Nothing is known to have been tested.");
        }
        if !not_run.is_empty() {
            out.raw("<h3>Not run, and so not passed</h3>\n");
            out.list(not_run);
        }
    });
}

fn undone(out: &mut Html, undone: &[Undoing]) {
    out.section("undone", "What was undone", |out| {
        if undone.is_empty() {
            out.paragraph("Nothing, up to the moment when this was made.");
        }
        let rows = undone.iter().map(|it| {
            vec![
                it.what.clone(),
                it.actor.clone(),
                it.at.clone(),
                it.detail.clone(),
                it.entry.to_string(),
            ]
        });
        out.table("Undone", &["What", "Who", "When", "Words", "Entry"], rows);
    });
}

fn redaction(out: &mut Html, it: &Redaction) {
    out.section("redaction", "What was redacted", |out| {
        let rules =
            format!("Rules: {}. Known secret values looked for: {}.", it.rules, it.n_known_values);
        match it.applied {
            true => out.paragraph(&format!("It was redacted before it was written. {rules}")),
            false => out.paragraph("It was not wholly redacted, and must not be shared."),
        }
        if !it.problems.is_empty() {
            out.list(&it.problems);
        }
        let rows = it.masked.iter().map(|it| vec![it.kind.clone(), it.n.to_string()]);
        out.table("Hidden parts", &["Kind", "How many"], rows);
    });
}

fn trust(out: &mut Html, proof: &Proof) {
    let level = Level::of(proof);
    out.section("trust", "What this shows, and what it does not", |out| {
        out.pairs(&[
            ("Level", level.word()),
            ("Shows", level.proves()),
            ("Does not show", level.does_not_prove()),
        ]);
        let keys: Vec<String> = proof
            .envelope
            .signatures
            .iter()
            .map(|it| format!("Signed with the key {}", it.key))
            .collect();
        if !keys.is_empty() {
            out.list(&keys);
        }
        out.paragraph(
            "A page cannot vouch for itself: what is said here is true of a proof that passes \
             `specwright proof verify`, and of no other.",
        );
    });
}

fn chain(out: &mut Html, chain: &Chain) {
    out.section("chain", "The audit chain", |out| {
        let n_entries = chain.n_entries.to_string();
        let holds = match (&chain.broken, chain.holds) {
            (Some(broken), _) => format!("no: {broken}"),
            (None, true) => "yes".to_owned(),
            (None, false) => "not checked".to_owned(),
        };
        out.pairs(&[
            ("Chain", &chain.id),
            ("Entries then", &n_entries),
            ("Last hash then", &chain.head),
            ("Held as a whole", &holds),
        ]);
        let rows = chain.entries.iter().map(|it| {
            let redacted = if it.redacted { "redacted" } else { "" };
            vec![
                it.seq.to_string(),
                it.action.clone(),
                it.subject.clone(),
                it.detail.clone(),
                it.actor.clone(),
                it.hash.clone(),
                redacted.to_owned(),
            ]
        });
        out.table(
            "Entries of the run",
            &["Entry", "Action", "On", "Words", "Who", "Hash", "Note"],
            rows,
        );
        if let Some(seal) = &chain.seal {
            out.details("The kept seal of the chain", seal);
        }
    });
}

fn subjects(out: &mut Html, statement: &Statement) {
    out.section("subjects", "Files that this is about", |out| {
        let rows = statement
            .subject
            .iter()
            .map(|it| vec![it.name.clone(), it.digest.get("sha256").cloned().unwrap_or_default()]);
        out.table("Files", &["File", "SHA-256 then"], rows);
        if statement.subject.is_empty() {
            out.paragraph("It names no file.");
        }
    });
}

fn verify(out: &mut Html, proof: &Proof) {
    let Predicate { id, .. } = &proof.statement.predicate;
    out.section("verify", "Verify", |out| {
        out.raw("<p>In the workspace, or with this page alone:</p>\n<pre>specwright proof verify ");
        out.text(id);
        out.raw("\nspecwright proof verify PAGE.html --key HEX</pre>\n");
        out.raw("<p>SHA-256 of the statement: <code>");
        out.text(&proof.digest());
        out.raw("</code></p>\n<details><summary>The statement in its envelope (DSSE, in-toto Statement v1)</summary>\n");
        out.raw(ENVELOPE_OPEN);
        out.text(&proof.envelope.to_json());
        out.raw("</pre></details>\n");
    });
}

#[cfg(test)]
mod tests;
