//! SQL stands in `sql/`, and what is made of checked parts in `src/sql/`: no other file holds a statement. Expressions and
//! advice may be texts elsewhere.

use super::graph::Graph;
use regex::Regex;

/// How a statement begins.
fn statement() -> Regex {
    let pattern = r"(?x)^\s* (?: --[^\n]*\n\s* )* (?:
        SELECT\s | VALUES\s*\( | WITH\s+\w+\s+AS\b | INSERT\s+INTO\s | UPDATE\s+\S+\s+SET\s | DELETE\s+FROM\s
        | COPY\s+\S+\s+(?:\(|FROM\b) | LOAD\s+DATA\s.*INTO\s | TRUNCATE\s | ANALYZE\s | EXPLAIN\b | SHOW\s | PRAGMA\s
        | KILL\s | LOCK\s+TABLE | GRANT\s | REVOKE\s | SET\s+(?:SESSION|GLOBAL|NAMES|LOCAL|\w+\s*=) | RESET\s
        | (?:CREATE|ALTER|DROP)\s+(?:TEMP|TEMPORARY|UNLOGGED|UNIQUE|TABLE|INDEX|VIEW|SCHEMA)\b
        | BEGIN\b | COMMIT\b | ROLLBACK\b | START\s+TRANSACTION )";
    Regex::new(pattern).expect("a pattern")
}

#[test]
fn no_file_outside_sql_holds_a_statement() {
    let (graph, statement) = (Graph::read(), statement());
    let statements = |inside: bool| -> Vec<String> {
        let sources = graph.sources().filter(|source| source.file.starts_with("sql") == inside);
        let found = sources.flat_map(|source| {
            let texts = source.texts.iter().filter(|text| statement.is_match(text));
            texts.map(|text| format!("{}: {text}", source.file.display()))
        });
        found.collect()
    };
    assert!(!statements(true).is_empty(), "no text was read at all");
    assert_eq!(statements(false).join("\n"), "", "SQL outside sql/ and src/sql/");
}

#[test]
fn statements_are_told_from_names_and_advice() {
    let statement = statement();
    for sql in
        ["SELECT a FROM b", "SET GLOBAL x = 1", "COMMIT", "DROP TABLE x", "\n  INSERT INTO t VALUES (1)"]
    {
        assert!(statement.is_match(sql), "{sql}");
    }
    for text in
        ["INSERT", "LOAD DATA LOCAL INFILE", "COPY on a server that is not PostgreSQL", "select a file", ""]
    {
        assert!(!statement.is_match(text), "{text}");
    }
}
