//! The language server as a client sees it.

use serde_json::{Value, json};
use std::time::Duration;
use tests::lsp_client::TestClient;

const URI: &str = "file:///nowhere/PRD.md";

fn start(capabilities: Value) -> TestClient {
    TestClient::start(json!({ "capabilities": capabilities })).0
}

#[test]
fn a_burst_of_changes_is_published_in_few_sets_and_the_last_is_right() {
    let mut client = start(json!({}));
    client.open(URI, 0, "# T\n\n## Accounts\n\n");
    for version in 1..=200 {
        let end = json!({ "line": 4, "character": version - 1 });
        let range = json!({ "start": end, "end": end });
        client.edit(URI, version, json!({ "range": range, "text": "x" }));
    }
    let published = client.drain(Duration::from_millis(500));
    let versions: Vec<&Value> = published.iter().map(|it| &it["params"]["version"]).collect();
    assert!(published.len() <= 5, "{versions:?}");
    client.exit();
}

#[test]
fn edits_out_of_range_are_clamped() {
    let mut client = start(json!({}));
    client.open(URI, 1, "# T\n");
    for (version, (start, end)) in
        (2..).zip([((9, 9), (9, 9)), ((0, 99), (5, 0)), ((3, 0), (0, 0))])
    {
        let position =
            |(line, character): (u32, u32)| json!({ "line": line, "character": character });
        let range = json!({ "start": position(start), "end": position(end) });
        client.edit(URI, version, json!({ "range": range, "text": "é😀\r\n" }));
    }
    client.notify("textDocument/didChange", json!({ "nonsense": true }));
    client.edit("file:///never/opened.md", 1, json!({ "text": "x" }));
    client.exit();
}
