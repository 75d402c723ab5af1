//! Faults of a workspace's state that cannot wait: told once as a message, and by the status item for
//! as long as they last.

use crate::session::Session;
use lsp_types::MessageType;
use model::AbsPath;
use std::sync::Arc;
use workspace::commands::doctor::{self, Check};

/// Looks at the state of all folders; takes its time, so it is for a thread of its own.
pub(crate) fn look(session: &Arc<Session>) {
    let roots: Vec<AbsPath> =
        session.world().workspace.roots().iter().map(|it| it.path.clone()).collect();
    for root in roots {
        let settings = session.moment().settings_of(&root);
        let found = doctor::red(&*session.system, &root, &settings);
        let mut world = session.world();
        let codes: Vec<&'static str> = found.iter().filter_map(|it| it.code).collect();
        // What was mended and comes back is news.
        world.told.retain(|(it, code)| *it != root || codes.contains(code));
        let news = found
            .iter()
            .filter(|it| it.code.is_some_and(|code| world.told.insert((root.clone(), code))));
        let news: Vec<String> = news.map(message).collect();
        world.health.insert(root, found);
        drop(world);
        news.into_iter().for_each(|it| session.show(MessageType::Error, it));
    }
}

/// `FRG001 ledger: row 2 of the ledger is missing`
pub(crate) fn words(it: &Check) -> String {
    format!("{} {}: {}", it.code.unwrap_or_default(), it.name, it.message).trim_start().to_owned()
}

fn message(it: &Check) -> String {
    let hint = it.hint.as_deref().map(|it| format!(". {it}")).unwrap_or_default();
    let docs = it.docs.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
    format!("Specwright: {}{hint}{docs}", words(it))
}
