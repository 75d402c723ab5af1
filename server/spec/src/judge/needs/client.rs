//! Whether a product stays in the client: a tool, a library, an app that keeps its data to itself.

use crate::facts::{Cue, Fact};
use crate::judge::Facts;
use model::{Confidence, Modality};

/// Weighs what speaks for a client alone against what speaks for a server.
///
/// "No backend" counts four times a mention of a server, "a command-line tool" twice; storage in
/// the browser counts once and at most four times, since products with a server have it too.
/// Plugins and tools may be what a product with a server manages: without "no backend" they count
/// only where no server is spoken of, and never where people sign in.
pub(super) fn stays(facts: Facts<'_>) -> bool {
    const ENOUGH: i32 = 8;
    const SIGN_INS_MAX: i32 = 2;
    const LOCAL_MAX: i32 = 4;
    let (mut score, mut local, mut sign_ins) = (0, 0, 0);
    let (mut denied, mut server) = (0, 0);
    for (_, fact) in facts.iter() {
        let Fact::Cue(cue) = fact else { continue };
        if cue.sighting.modality != Modality::InScope {
            continue;
        }
        let sure = cue.sighting.confidence >= Confidence::REQUIRED;
        match cue.cue {
            Cue::LocalOnly if sure => denied += 1,
            Cue::LocalOnly => local += 1,
            Cue::ClientKind if sure => score += 2,
            Cue::Server if sure => server += 1,
            Cue::SignIn if sure => sign_ins += 1,
            _ => {}
        }
    }
    score += 4 * denied + local.min(LOCAL_MAX) - server;
    score >= ENOUGH && sign_ins <= SIGN_INS_MAX && (denied > 0 || server == 0)
}
