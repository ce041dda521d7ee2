//! No other folder of `src/` holds a SQL statement in a string: what is sent to a server stands in `sql/`, or is built
//! here. Expressions and advice may be texts elsewhere.

use regex::Regex;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How a statement begins.
const STATEMENT: &str = r"(?x)^\s* (?: --[^\n]*\n\s* )* (?:
    SELECT\s | VALUES\s*\( | WITH\s+\w+\s+AS\b | INSERT\s+INTO\s | UPDATE\s+\S+\s+SET\s | DELETE\s+FROM\s | COPY\s+\S+\s+(?:\(|FROM\b)
    | LOAD\s+DATA\s.*INTO\s | TRUNCATE\s | ANALYZE\s | EXPLAIN\b | SHOW\s | PRAGMA\s | KILL\s | LOCK\s+TABLE
    | (?:CREATE|ALTER|DROP)\s+(?:TEMP|TEMPORARY|UNLOGGED|UNIQUE|TABLE|INDEX|VIEW|SCHEMA)\b | GRANT\s | REVOKE\s
    | SET\s+(?:SESSION|GLOBAL|NAMES|LOCAL|\w+\s*=) | RESET\s | BEGIN\b | COMMIT\b | ROLLBACK\b | START\s+TRANSACTION )";

#[test]
fn statements_stand_in_sql_and_nowhere_else() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let statement = Regex::new(STATEMENT).expect("a pattern");
    let mut found = Vec::new();
    for path in rust_files(&source) {
        let inside = path.strip_prefix(&source).expect("below src/");
        let tests =
            inside.ends_with("tests.rs") || inside.components().any(|part| part.as_os_str() == "tests");
        if inside.starts_with("sql") || tests {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file");
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let statements = strings(code).into_iter().filter(|string| statement.is_match(string));
        found.extend(statements.map(|string| format!("src/{}: {string}", inside.display())));
    }
    assert!(found.is_empty(), "statements outside sql/:\n{}", found.join("\n"));
}

#[test]
fn a_statement_in_a_string_is_found() {
    let code = "
        // \"SELECT 1\" in a comment
        const QUOTE: char = '\"';
        fn f<'a>(x: &'a str) { one(\"COMMIT\", \"COPY\", \"SET GLOBAL x = 1\"); two(r#\"SHOW \"x\"\"#); }
        \"SELECT \\\"a\\\", \\
            b\"";
    let found = strings(code);
    assert_eq!(found, ["COMMIT", "COPY", "SET GLOBAL x = 1", "SHOW \"x\"", "SELECT \"a\", b"]);
    let statement = Regex::new(STATEMENT).expect("a pattern");
    let statements: Vec<bool> = found.iter().map(|string| statement.is_match(string)).collect();
    assert_eq!(statements, [true, false, true, true, true]);
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The string literals of Rust code, with `\"` and continued lines resolved.
fn strings(code: &str) -> Vec<String> {
    let token = Regex::new(concat!(
        r#"(?s)//[^\n]*|'(?:\\.[^']*|[^\\'])'|r"(?P<raw>[^"]*)"|r\#"(?P<hashed>.*?)"\#"#,
        r#"|"(?P<plain>(?:[^"\\]|\\.)*)""#
    ))
    .expect("a pattern");
    let continued = Regex::new(r"\\\n\s*").expect("a pattern");
    let string = |found: regex::Captures<'_>| {
        let raw = found.name("raw").or_else(|| found.name("hashed")).map(|text| text.as_str().to_owned());
        raw.or_else(|| {
            let text = continued.replace_all(found.name("plain")?.as_str(), "");
            Some(text.replace("\\\"", "\"").replace("\\n", "\n"))
        })
    };
    token.captures_iter(code).filter_map(string).collect()
}
