//! One meaning a name: a type's name is defined once in `src/`.

use super::graph::Graph;
use std::collections::BTreeMap;

#[test]
fn a_name_of_a_type_has_one_meaning() {
    let graph = Graph::read();
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for source in graph.sources() {
        for name in &source.types {
            files.entry(name).or_default().push(source.file.display().to_string());
        }
    }
    let twice: Vec<String> = (files.iter().filter(|(_, files)| files.len() > 1))
        .map(|(name, files)| format!("{name}: {}", files.join(", ")))
        .collect();
    assert!(twice.is_empty(), "names with several meanings:\n{}", twice.join("\n"));
}
