//! Annotated specs to fit weights on, in the folders that `SPECWRIGHT_FIT_DIRS` names.

use serde_json::Value;

/// A spec with what somebody made of it.
pub(super) struct Annotated {
    /// The number of its folder.
    pub(super) set: usize,
    pub(super) id: String,
    pub(super) text: String,
    pub(super) truth: Value,
}

/// All of them, a folder at a time, in the order of its `ids.txt`.
#[expect(clippy::disallowed_methods, reason = "reads a corpus to fit on")]
pub(super) fn all() -> impl Iterator<Item = Annotated> {
    let dirs = std::env::var("SPECWRIGHT_FIT_DIRS").expect("folders of annotated specs");
    let dirs: Vec<String> = dirs.split(':').map(str::to_owned).collect();
    dirs.into_iter().enumerate().flat_map(|(set, dir)| {
        let ids = std::fs::read_to_string(format!("{dir}/ids.txt")).expect("a list of ids");
        let ids: Vec<String> = ids.split_whitespace().map(str::to_owned).collect();
        ids.into_iter().map(move |id| {
            let read = |kind| std::fs::read_to_string(format!("{dir}/{id}.{kind}"));
            let text = read("md").expect("a spec");
            let truth = read("truth.json").expect("its annotation");
            let truth = serde_json::from_str(&truth).expect("an annotation is JSON");
            Annotated { set, id, text, truth }
        })
    })
}

/// The texts of a list.
pub(super) fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
