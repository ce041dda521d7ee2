//! `corrections.sql` and its undo, run by the databases' own clients.

mod golden;
