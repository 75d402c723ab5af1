//! The catalog's part of a restore; the audit chain has none.

use crate::CheckpointError;
use crate::place::Checkpoints;
use crate::store::DatabaseChange;
use catalog::StateDifference;
use model::AbsPath;
use std::path::Path;

type Result<T> = std::result::Result<T, CheckpointError>;

impl Checkpoints<'_> {
    /// Tries what [`Self::restore_state`] will do.
    pub(crate) fn check_state(&self, copy: &Path, change: &DatabaseChange) -> Result<()> {
        self.state(copy, change, true)
    }

    pub(crate) fn restore_state(&self, copy: &Path, change: &DatabaseChange) -> Result<()> {
        self.state(copy, change, false)
    }

    fn state(&self, copy: &Path, change: &DatabaseChange, is_trial: bool) -> Result<()> {
        let live = absolute(&change.path.below(&self.place.root));
        let author = ("specwright", self.place.system.now());
        crate::effect::point().map_err(crate::StoreError::file("restore", live.as_path()))?;
        catalog::restore_state(&live, &absolute(copy), author, ("rollback", is_trial))?;
        crate::effect::point().map_err(crate::StoreError::file("restore", live.as_path()))?;
        Ok(())
    }
}

pub(crate) fn compare(live: &Path, copy: &Path) -> Result<StateDifference> {
    if !live.exists() {
        return Ok(StateDifference::Foreign);
    }
    Ok(catalog::compare_state(&absolute(live), &absolute(copy))?)
}

fn absolute(path: &Path) -> AbsPath {
    AbsPath::new(path).expect("paths below the workspace folder are absolute")
}
