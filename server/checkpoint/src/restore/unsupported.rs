use super::{Prepared, Recovered, Restore, Restored};
use crate::path::TreePath;
use crate::store::Record;
use crate::{CheckpointError, Checkpoints};

impl Checkpoints<'_> {
    /// Refuses.
    ///
    /// # Errors
    /// [`CheckpointError::Unsupported`]
    pub fn restore(&mut self, _restore: &Restore<'_>) -> Result<Restored, CheckpointError> {
        Err(CheckpointError::Unsupported)
    }

    /// Refuses.
    ///
    /// # Errors
    /// [`CheckpointError::Unsupported`]
    pub fn restore_prepared(
        &mut self,
        _prepared: &Prepared,
        _taken: &[TreePath],
        _buffers: &[(TreePath, String)],
    ) -> Result<Restored, CheckpointError> {
        Err(CheckpointError::Unsupported)
    }

    /// Refuses.
    ///
    /// # Errors
    /// [`CheckpointError::Unsupported`]
    pub fn prepare(&mut self, _restore: &Restore<'_>) -> Result<Prepared, CheckpointError> {
        Err(CheckpointError::Unsupported)
    }

    /// Refuses.
    ///
    /// # Errors
    /// [`CheckpointError::Unsupported`]
    pub fn dismiss(&mut self, _before: &Record) -> Result<bool, CheckpointError> {
        Err(CheckpointError::Unsupported)
    }

    /// There is nothing to recover.
    ///
    /// # Errors
    /// None.
    pub fn recover(&mut self) -> Result<Option<Recovered>, CheckpointError> {
        Ok(None)
    }

    pub(crate) fn recover_locked(&mut self) -> Result<Option<Recovered>, CheckpointError> {
        Ok(None)
    }
}
