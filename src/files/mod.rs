//! Files and folders that appear whole or not at all, readable by their owner only: they are written aside and renamed.
//! What is being written is new and has a name that nobody else draws.
//!
//! - `file`: one file
//! - `folder`: a folder of files
//! - `owned`: a folder with one writer
//! - `calls`: what the system is asked for

mod calls;
mod file;
mod folder;
mod owned;
#[cfg(test)]
mod tests;

pub use calls::{is_folder, make_folder, new_folder, random, remove_or_warn, rename_folder, sync_folder};
pub use file::{AtomicFile, FolderFile, write};
pub use folder::{AtomicDir, NEW, OLD};
pub use owned::{OwnFolder, own_folder};
