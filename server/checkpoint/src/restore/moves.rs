//! The moves of a restore, forward and back; each finds out by itself whether it was made.

use super::stage::Stage;
use super::tree::{There, Tree};
use crate::effect::effect;
use crate::manifest::Node;
use crate::path::TreePath;
use crate::plan::Kept;
use crate::store::Change;
use std::collections::BTreeSet;
use std::fs;
use std::io;

/// The moves of one plan.
pub(super) struct Moves<'a> {
    pub(super) tree: Tree,
    pub(super) stage: &'a Stage,
    pub(super) changes: &'a [Change],
    /// Whether another process may have made some of them.
    pub(super) is_resumed: bool,
}

/// Where something went wrong.
pub(super) struct Stuck {
    pub(super) path: TreePath,
    pub(super) source: io::Error,
}

fn at(path: &TreePath) -> impl FnOnce(io::Error) -> Stuck {
    let path = path.clone();
    move |source| Stuck { path, source }
}

fn is_leaf(node: &Node) -> bool {
    matches!(node, Node::File { .. } | Node::Link { .. })
}

pub(super) fn exists(path: &std::path::Path) -> bool {
    path.symlink_metadata().is_ok()
}

impl Moves<'_> {
    /// Makes every move that is not made yet; gives what was left because somebody was faster.
    pub(super) fn forward(&mut self) -> Result<Vec<Kept>, Stuck> {
        for n in self.deepest_first(|it| is_leaf(&it.before) && !is_leaf(&it.after)) {
            self.remove(n).map_err(at(&self.changes[n].path))?;
        }
        let needed: BTreeSet<TreePath> = self.needed(|it| &it.after);
        for folder in self.emptied(|it| &it.before).iter().rev() {
            if !needed.contains(folder) {
                self.tree.remove_folder(folder).map_err(at(folder))?;
            }
        }
        let mut kept = Vec::new();
        for n in 0..self.changes.len() {
            let change = &self.changes[n];
            let done = match &change.after {
                Node::Absent => continue,
                Node::Dir => self.make_folder(&change.path),
                _ if is_leaf(&change.before) => self.replace(n),
                _ => self.create(n),
            };
            let why = done.map_err(at(&change.path))?;
            kept.extend(why.map(|why| Kept { path: change.path.clone(), why: why.to_owned() }));
        }
        Ok(kept)
    }

    /// Takes back every move that was made.
    pub(super) fn backward(&mut self) -> Result<(), Stuck> {
        for n in (0..self.changes.len()).rev() {
            let change = &self.changes[n];
            let done = match &change.after {
                Node::Absent | Node::Dir => Ok(()),
                _ if is_leaf(&change.before) => self.unreplace(n),
                _ => self.uncreate(n),
            };
            done.map_err(at(&change.path))?;
        }
        let needed: BTreeSet<TreePath> = self.needed(|it| &it.before);
        for folder in self.emptied(|it| &it.after).iter().rev() {
            if !needed.contains(folder) {
                self.tree.remove_folder(folder).map_err(at(folder))?;
            }
        }
        for n in 0..self.changes.len() {
            let change = &self.changes[n];
            if change.before == Node::Dir {
                let _ = self.make_folder(&change.path).map_err(at(&change.path))?;
            } else if is_leaf(&change.before) && !is_leaf(&change.after) {
                self.unremove(n).map_err(at(&change.path))?;
            }
        }
        Ok(())
    }

    fn deepest_first(&self, wanted: impl Fn(&Change) -> bool) -> Vec<usize> {
        let mut out: Vec<usize> =
            (0..self.changes.len()).filter(|it| wanted(&self.changes[*it])).collect();
        out.sort_by_key(|it| std::cmp::Reverse(self.changes[*it].path.depth()));
        out
    }

    /// The folders that one side of the changes needs.
    fn needed(&self, side: impl Fn(&Change) -> &Node) -> BTreeSet<TreePath> {
        let mut out = BTreeSet::new();
        for change in self.changes.iter().filter(|it| side(it).is_present()) {
            out.extend(change.path.ancestors());
            if *side(change) == Node::Dir {
                out.insert(change.path.clone());
            }
        }
        out
    }

    /// The folders that may be left empty when one side of the changes is gone, the deepest last.
    ///
    /// They follow from the plan and not from what was moved just now, or a crash between a move and
    /// the removal of its folder would leave the folder behind.
    fn emptied(&self, side: impl Fn(&Change) -> &Node) -> Vec<TreePath> {
        let mut out: Vec<TreePath> = self.needed(side).into_iter().collect();
        out.sort_by_key(TreePath::depth);
        out
    }

    fn make_folder(&mut self, path: &TreePath) -> io::Result<Option<&'static str>> {
        match self.tree.make_folder(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(Some("stays: something else took its place"))
            }
            done => done.map(|()| None),
        }
    }

    fn remove(&mut self, n: usize) -> io::Result<()> {
        let (path, old) = (&self.changes[n].path, self.stage.old(n));
        let there = self.tree.there(path)?;
        let is_made = self.is_resumed && exists(&old);
        if is_made || !matches!(there, There::File | There::Link) {
            return Ok(());
        }
        match self.tree.take(path, &old) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn unremove(&mut self, n: usize) -> io::Result<()> {
        let (path, old) = (&self.changes[n].path, self.stage.old(n));
        if !exists(&old) {
            return Ok(());
        }
        self.put_back(&old, path)
    }

    /// Puts a file back in its place, unless somebody put another there; that one is then newer.
    fn put_back(&mut self, from: &std::path::Path, path: &TreePath) -> io::Result<()> {
        if let Some(folder) = path.parent()
            && self.make_folder(&folder)?.is_some()
        {
            return Ok(());
        }
        match self.tree.put(from, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            done => done,
        }
    }

    fn create(&mut self, n: usize) -> io::Result<Option<&'static str>> {
        let (path, new) = (&self.changes[n].path, self.stage.new_file(n));
        if self.is_resumed && !exists(&new) {
            return Ok(None);
        }
        if let Some(folder) = path.parent() {
            let why = self.make_folder(&folder)?;
            if why.is_some() {
                return Ok(why);
            }
        }
        match self.tree.put(&new, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(Some("stays: it is there now, and was not captured"))
            }
            done => done.map(|()| None),
        }
    }

    fn uncreate(&mut self, n: usize) -> io::Result<()> {
        let (change, new) = (&self.changes[n], self.stage.new_file(n));
        let full = self.stage.in_folder(&change.path);
        if exists(&new) || !self.stage.is_node(&full, &change.after)? {
            return Ok(());
        }
        self.tree.take(&change.path, &new)
    }

    fn replace(&mut self, n: usize) -> io::Result<Option<&'static str>> {
        let change = &self.changes[n];
        let (new, old) = (self.stage.new_file(n), self.stage.old(n));
        if self.is_resumed {
            match (exists(&new), exists(&old)) {
                (false, _) => return Ok(None),
                // Without an exchange: the old one is out, the new one not yet in.
                (true, true) => return self.create(n),
                (true, false) => {}
            }
            if !self.stage.is_node(&new, &change.after)? {
                // It was exchanged, and then the process ended.
                effect(|| fs::rename(&new, &old))?;
                return Ok(None);
            }
        }
        match self.tree.there(&change.path)? {
            There::File | There::Link => {}
            // Somebody removed it meanwhile; nothing of theirs is in the way.
            There::Nothing => return self.create(n),
            _ => return Ok(Some("stays: something else took its place")),
        }
        match self.tree.exchange(&change.path, &new) {
            // It keeps the place of the new one, and tells by its content that it is not that.
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.tree.take(&change.path, &old)?;
                return self.create(n);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.create(n),
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    fn unreplace(&mut self, n: usize) -> io::Result<()> {
        let change = &self.changes[n];
        let (new, old) = (self.stage.new_file(n), self.stage.old(n));
        if exists(&new) && !exists(&old) {
            if self.stage.is_node(&new, &change.after)? {
                return Ok(());
            }
            // It was exchanged, and then the process ended.
            effect(|| fs::rename(&new, &old))?;
        }
        if !exists(&old) {
            return Ok(());
        }
        if exists(&new) {
            return self.put_back(&old, &change.path);
        }
        if self.stage.is_node(&old, &change.after)? {
            // It was exchanged back.
            return effect(|| fs::rename(&old, &new));
        }
        if self.tree.there(&change.path)? == There::Nothing {
            return self.put_back(&old, &change.path);
        }
        if !self.stage.is_node(&self.stage.in_folder(&change.path), &change.after)? {
            // Somebody has edited the restored file since.
            return Ok(());
        }
        match self.tree.exchange(&change.path, &old) {
            Ok(()) => effect(|| fs::rename(&old, &new)),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.tree.take(&change.path, &new)?;
                self.put_back(&old, &change.path)
            }
            Err(error) => Err(error),
        }
    }
}
