//! SARIF 2.1.0, as code hosts take it.

use serde_json::{Value, json};
use workspace::commands::check::Output;
use workspace::commands::{Finding, Point};
use workspace::rules::{self, RuleInfo};

pub(crate) fn render(output: &Output) -> String {
    let notifications: Vec<Value> = output
        .notices
        .iter()
        .map(|it| json!({ "level": "warning", "message": { "text": it.message } }))
        .collect();
    let rules = rules::all().iter().map(rule).collect();
    log(rules, &notifications, output.findings.iter().map(result).collect())
}

/// One run of this program.
pub(crate) fn log(rules: Vec<Value>, notifications: &[Value], results: Vec<Value>) -> String {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "specwright",
                "informationUri": "https://specwright.dev/",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("keys are strings")
}

fn rule(it: &RuleInfo) -> Value {
    let (docs, first) = (it.markdown(), it.summary());
    json!({
        "id": it.name,
        "shortDescription": { "text": first },
        "help": { "text": docs, "markdown": docs },
        "helpUri": it.url(),
        "defaultConfiguration": {
            "enabled": it.on_by_default,
            "level": level(it.severity.word()),
        },
        "properties": { "tags": [it.group] },
    })
}

fn result(it: &Finding) -> Value {
    let mut out = json!({
        "ruleId": it.rule,
        "level": level(it.severity),
        "message": { "text": it.message },
        "locations": [location(&it.file, it.start, it.end)],
        "partialFingerprints": { "specwright/v1": it.fingerprint },
    });
    if let Some(index) = rules::all().iter().position(|rule| rule.name == it.rule) {
        out["ruleIndex"] = json!(index);
    }
    if !it.related.is_empty() {
        let related = it.related.iter().enumerate().map(|(id, it)| {
            let mut place = location(&it.file, it.start, it.end);
            place["id"] = json!(id + 1);
            place["message"] = json!({ "text": it.message });
            place
        });
        out["relatedLocations"] = related.collect();
    }
    if !it.fixes.is_empty() {
        out["fixes"] = it.fixes.iter().map(fix).collect();
    }
    out
}

fn fix(it: &workspace::commands::Patch) -> Value {
    let mut files: Vec<&str> = it.edits.iter().map(|it| it.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let changes: Vec<Value> = files
        .into_iter()
        .map(|file| {
            let edits = it.edits.iter().filter(|it| it.file == file);
            let replacements = edits.map(|it| {
                json!({
                    "deletedRegion": region(it.start, it.end),
                    "insertedContent": { "text": it.text },
                })
            });
            json!({
                "artifactLocation": { "uri": uri(file) },
                "replacements": replacements.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "description": { "text": it.title }, "artifactChanges": changes })
}

fn location(file: &str, start: Point, end: Point) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(file) },
        "region": region(start, end),
    } })
}

fn region(start: Point, end: Point) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn level(severity: &str) -> &'static str {
    match severity {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    }
}

/// A relative reference for a file below the current folder, else a `file:` URI.
pub(crate) fn uri(file: &str) -> String {
    let mut out = String::new();
    let file = if cfg!(windows) { file.replace('\\', "/") } else { file.to_owned() };
    if file.starts_with('/') {
        out.push_str("file://");
    }
    for it in file.bytes() {
        match it {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(it));
            }
            _ => out += &format!("%{it:02X}"),
        }
    }
    out
}
