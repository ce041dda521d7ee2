//! Whether the locks of a server hold for everybody who writes to its data. In a Galera cluster each node has its own, or
//! refuses them, so two runs of a feed would not keep each other out.

use super::{connection::Connection, rows::Setting};
use crate::{
    error::{Code, Error, Result},
    sql::privileges,
};

impl Connection {
    /// Asks once for each database.
    ///
    /// # Errors
    /// `ClusterNode`; `Database`.
    pub(super) async fn locks_hold_for_everybody(&mut self) -> Result<()> {
        if !self.dialect.mysql_family() || self.target.asked.get().is_some() {
            return Ok(());
        }
        let settings: Vec<Setting> = self.read(&privileges::mysql_variables()).await?;
        if is_node(&settings) {
            let what = format!("{} is a node of a Galera cluster (wsrep_on)", self.target.shown);
            return Err(Error::new(Code::ClusterNode, what));
        }
        self.target.asked.get_or_init(|| ());
        Ok(())
    }
}

fn is_node(settings: &[Setting]) -> bool {
    let on = |value: &str| value == "ON" || value == "1";
    settings.iter().any(|one| one.name == "wsrep_on" && one.value.as_deref().is_some_and(on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_says_that_it_replicates() {
        let said = |value: &str| [Setting { name: "wsrep_on".into(), value: Some(value.into()) }];
        assert!(is_node(&said("ON")) && is_node(&said("1")));
        assert!(!is_node(&said("OFF")) && !is_node(&[]));
    }
}
