//! The catalog, its audit chain and seal, and the memory.

use super::Check;
use crate::commands::store;
use crate::error_chain;
use crate::settings::Settings;
use ::context::memory::Memory;
use catalog::{Catalog, SealKey, SignedSeal};
use model::AbsPath;
use system::System;

pub(super) fn checks(system: &dyn System, root: &AbsPath, settings: &Settings) -> Vec<Check> {
    let mut out = catalog(system, root);
    out.push(key(system));
    out.push(memory(system, settings));
    out
}

fn catalog(system: &dyn System, root: &AbsPath) -> Vec<Check> {
    let name = "catalog";
    let catalog = match store::open(system, root) {
        Ok(Some(catalog)) => catalog,
        Ok(None) => {
            let (message, hint) = ("none yet; nothing is recorded", "`specwright init` makes one");
            return vec![Check::warn(name, message, hint)];
        }
        Err(error) => {
            return vec![Check::fail(name, error_chain(&error), error.hint()).code("FRG001")];
        }
    };
    let known = match catalog.counts() {
        Ok((n_snapshots, n_documents)) => {
            Check::ok(name, format!("sound; {n_snapshots} snapshots of {n_documents} documents"))
        }
        Err(error) => Check::fail(name, error_chain(&error), COPY).code("FRG001"),
    };
    vec![known, chain(&catalog), seal(system, root, &catalog)]
}

const COPY: &str = "keep a copy of the file; what it says of the past is not to be trusted";

fn chain(catalog: &Catalog) -> Check {
    let name = "audit chain";
    match catalog.verify() {
        Ok(Ok(n_entries)) => Check::ok(name, format!("{n_entries} entries hold")),
        Ok(Err(broken)) => {
            Check::fail(name, format!("it does not hold: {broken}"), COPY).code("AUD001")
        }
        Err(error) => Check::fail(name, error_chain(&error), COPY).code("AUD001"),
    }
}

fn seal(system: &dyn System, root: &AbsPath, catalog: &Catalog) -> Check {
    let name = "seal";
    let path = catalog::kept_seal_path(system, root).filter(|it| system.exists(it));
    let Some(path) = path else {
        return Check::off(name, "none is kept; `specwright audit seal` makes one");
    };
    let hint = "somebody may have replaced the catalog: look into it, then `audit seal --anew`";
    let failed = |message: String| Check::fail(name, message, hint).code("AUD002");
    let signed: SignedSeal = match catalog::read_seal(system, &path) {
        Ok(signed) => signed,
        Err(error) => return failed(error_chain(&error)),
    };
    let is_own = SealKey::find(system).ok().flatten().is_some_and(|it| it.public() == signed.key);
    if !is_own {
        return failed(format!("`{path}` is signed with a key that is not yours"));
    }
    match catalog.judge(&signed.seal) {
        Ok(Ok(())) => {
            Check::ok(name, format!("the chain fits the seal of {} entries", signed.seal.size))
        }
        Ok(Err(why)) => failed(why.to_string()),
        Err(error) => failed(error_chain(&error)),
    }
}

fn key(system: &dyn System) -> Check {
    let name = "seal key";
    match SealKey::find(system) {
        Ok(Some(_)) => Check::ok(name, "it is there, and yours alone"),
        Ok(None) => Check::off(name, "none is needed before the first seal"),
        Err(error) => Check::fail(name, error_chain(&error), error.hint()).code("AUD003"),
    }
}

fn memory(system: &dyn System, settings: &Settings) -> Check {
    let name = "memory";
    if !settings.memory_enable {
        return Check::off(name, "switched off by `memory.enable`");
    }
    let hint = "it holds nothing that is needed: remove the file if it is damaged";
    match Memory::find(system).and_then(|it| it.map(|it| it.list()).transpose()) {
        Ok(Some(items)) => Check::ok(name, format!("{} decisions are kept", items.len())),
        Ok(None) => Check::off(name, "nothing is kept yet"),
        Err(error) => Check::warn(name, error_chain(&error), hint).code("MEM001"),
    }
}
