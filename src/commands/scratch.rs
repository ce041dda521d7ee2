//! A folder for chunks that nobody keeps.

use crate::{
    error::Result,
    files::{new_folder, random, remove_or_warn},
};
use std::path::PathBuf;

/// It goes with this.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one, for its owner only.
    pub fn new() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("tieout-scratch-{:08x}", random()?));
        new_folder(&folder)?;
        Ok(Self(folder))
    }

    /// A folder in it.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.0.join(name);
        new_folder(&folder)?;
        Ok(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove_or_warn(&self.0);
    }
}
