//! A database that was there before the specs, as `schema import` reads one.
//!
//! The specs that describe tables which are all there count as applied. What they say of row security
//! is brought about; everything that no spec tells (views, grants, triggers) stays as it is.

use super::specs::Spec;
use super::{Promoter, Promotion, shadow, stored, trial};
use crate::import::postgres::{is_of, is_same};
use crate::plan::{Dialect, Plan, Renames};
use crate::postgres::catalog::{Catalog, Key, Kind};
use crate::postgres::prove::plan_and_prove;
use crate::run::error::RunError;
use crate::run::ledger::Kind as Entry;

impl Promoter<'_> {
    /// One promotion for each spec whose tables are there; the last of them switches row security on.
    ///
    /// # Errors
    /// [`RunError::Unknown`] when the first spec does not describe what is there.
    pub(super) fn adopted(&mut self, live: &Catalog) -> Result<Vec<Promotion>, RunError> {
        let mut told = Vec::new();
        for n_adopted in (1..=self.specs.len()).rev() {
            self.load_specs(n_adopted)?;
            let described = self.shadows()?.spec.read().map_err(shadow("read the specs"))?;
            match differences(live, &described) {
                found if found.is_empty() => return self.baseline(live, &described, n_adopted),
                found => told = found,
            }
        }
        if self.specs.is_empty() { Ok(Vec::new()) } else { Err(RunError::Unknown(told)) }
    }

    fn baseline(
        &mut self,
        live: &Catalog,
        described: &Catalog,
        n_adopted: usize,
    ) -> Result<Vec<Promotion>, RunError> {
        let attempt = "plan the row security of what is there";
        let failed = |message: String| RunError::Engine { attempt, message };
        let wanted = live.with_objects(merged(live, described));
        let shadows = self.shadows()?;
        let plan = plan_and_prove(&mut shadows.copy, &wanted, &Renames::default())
            .map_err(|it| failed(super::chain(&it)))?;
        let script = |it: &Catalog| trial::script(&shadows.empty, it);
        let (before, after) = (script(live)?, script(&wanted)?);
        let promotion = |it: &Spec, plan: Plan, is_last: bool| {
            let end = if is_last { (after.clone(), &wanted) } else { (before.clone(), live) };
            Promotion {
                name: it.name.clone(),
                kind: if plan.steps.is_empty() { Entry::Baseline } else { Entry::Apply },
                copies: Vec::new(),
                spec_hash: it.hash.clone(),
                steps: plan.steps.iter().map(stored).collect(),
                plan,
                scripts: [before.clone(), end.0],
                after: end.1.clone(),
            }
        };
        let none = || Plan { dialect: Dialect::Postgres, steps: Vec::new() };
        let (last, others) = self.specs[..n_adopted].split_last().expect("there is one at least");
        let mut out: Vec<Promotion> =
            others.iter().map(|it| promotion(it, none(), false)).collect();
        out.push(promotion(last, plan, true));
        Ok(out)
    }
}

/// How the tables of the specs are otherwise in the database, but for row security.
fn differences(live: &Catalog, described: &Catalog) -> Vec<String> {
    let mut out = Vec::new();
    for table in tables(described) {
        let own = |it: &Catalog| -> Vec<Key> {
            let parts = it.objects.iter().filter(|(key, object)| is_of(key, object, table));
            parts.map(|(key, _)| key.clone()).collect()
        };
        let mut keys = own(described);
        let here = own(live);
        keys.extend(here.into_iter().filter(|it| described.get(it).is_none()));
        for key in keys {
            match (live.get(&key), described.get(&key)) {
                (Some(a), Some(b)) if is_same(&key, a, b) => {}
                (None, _) => out.push(format!("{key} is missing")),
                (_, None) => out.push(format!("{key} is in no spec")),
                _ => out.push(format!("{key} is otherwise")),
            }
        }
    }
    out
}

fn tables(described: &Catalog) -> impl Iterator<Item = &Key> {
    described.objects.keys().filter(|it| it.kind == Kind::Table)
}

/// What is there, with the tables of the specs as these describe them.
fn merged(
    live: &Catalog,
    described: &Catalog,
) -> std::collections::BTreeMap<Key, crate::postgres::catalog::Object> {
    let mut out = live.objects.clone();
    out.retain(|key, object| {
        let is_policy = key.kind == Kind::Policy;
        !(is_policy && object.table.as_ref().is_some_and(|it| described.get(it).is_some()))
    });
    for (key, object) in &described.objects {
        let mut object = object.clone();
        if let Some(old) = live.get(key) {
            object.grants.clone_from(&old.grants);
            if !matches!(key.kind, Kind::Table | Kind::Column) {
                object.comment.clone_from(&old.comment);
            }
        }
        out.insert(key.clone(), object);
    }
    out
}
