//! What `plan` prints for the server's own client: psql, mysql, mariadb, sqlite3. The statements are those of a run; only
//! the bulk load is spelled as the client has it.

use super::{
    Dialect, Locking, Statement, Work,
    template::{Fill, template},
};
use crate::error::{Code, Error, Result, printable};

/// A part of what is pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanStep {
    /// What a run does next.
    Section(&'static str),
    /// For the person who reads it.
    Remark(String),
    /// Executed.
    Executed(Statement),
    /// What a run executes here, as a comment.
    Shown(Statement),
    /// Executed, in the client's own spelling.
    Spelled(String, Locking),
}

/// The text for the client: each statement behind a line that says what it locks, where that is not as before.
#[must_use]
pub fn script(dialect: Dialect, steps: &[PlanStep]) -> String {
    let mut out = String::new();
    let mut said = None;
    for step in steps {
        match step {
            PlanStep::Section(title) => {
                said = None;
                out.extend(["\n-- ", title, "\n\n"]);
            }
            PlanStep::Remark(text) => out.extend([commented(text).as_str(), "\n"]),
            PlanStep::Executed(statement) => {
                locks(&mut out, &mut said, dialect, statement.locking);
                out.extend([statement.pasted(dialect).as_str(), ";\n\n"]);
            }
            PlanStep::Shown(statement) => {
                locks(&mut out, &mut said, dialect, statement.locking);
                let text = commented(&statement.pasted(dialect));
                out.extend(["-- only `run` executes this:\n", text.as_str(), ";\n\n"]);
            }
            PlanStep::Spelled(text, locking) => {
                locks(&mut out, &mut said, dialect, *locking);
                out.push_str(text);
            }
        }
    }
    out
}

fn locks(out: &mut String, said: &mut Option<&'static str>, dialect: Dialect, locking: Locking) {
    let locks = dialect.locks(locking);
    if said.replace(locks) != Some(locks) {
        out.extend(["-- locks: ", locks, "\n"]);
    }
}

/// Every line as a comment; those that are one stay as they are.
fn commented(text: &str) -> String {
    let line = |line: &str| if line.starts_with("--") { line.to_owned() } else { format!("-- {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// What the client is set to beside the session, so that it says only what matters.
#[must_use]
pub fn quiet(dialect: Dialect) -> Option<Statement> {
    // That a table is there already is no news.
    let quiet = Statement::plain("session", Locking::Session, "SET client_min_messages = warning");
    (dialect == Dialect::Postgres).then_some(quiet)
}

/// What the client cannot do, for the head of the plan.
#[must_use]
pub fn remark(dialect: Dialect) -> Option<&'static str> {
    (dialect == Dialect::Sqlite).then_some("sqlite3 has no SHA-256: tieout itself fills in checksum_ours.")
}

/// The bulk load of chunk files, where there are any.
///
/// # Errors
/// `Usage` where a file's name cannot be written in the client's syntax.
pub fn load(work: &Work<'_>, files: &[String]) -> Result<Option<PlanStep>> {
    if files.is_empty() {
        return Ok(None);
    }
    for file in files {
        if file.contains(['\'', '"', '\\', '\n']) {
            return Err(Error::new(
                Code::BadChunkFolder,
                format!("the chunk folder {} cannot be written in the client's syntax", printable(file)),
            ));
        }
    }
    let text = match work.dialect {
        Dialect::Sqlite => sqlite3_import(work, files),
        _ => files.iter().filter_map(|file| in_one_statement(work, file)).collect(),
    };
    Ok(Some(PlanStep::Spelled(text, Locking::Loads)))
}

fn in_one_statement(work: &Work<'_>, file: &str) -> Option<String> {
    let load = work.load(file)?.pasted(work.dialect);
    Some(match work.dialect {
        // psql reads the client's files with a command of its own, which is one line.
        Dialect::Postgres => {
            format!("\\{}\n", load.replacen("COPY", "copy", 1).replacen("STDIN", &format!("'{file}'"), 1))
        }
        _ => format!("{load};\n\n"),
    })
}

fn sqlite3_import(work: &Work<'_>, files: &[String]) -> String {
    let create = Fill::default()
        .sql("columns", work.chunk_columns())
        .render(work.dialect, template!("sqlite" / "create_chunk"));
    let drop = Fill::default().render(work.dialect, template!("sqlite" / "drop_chunk"));
    let [create, insert, drop] =
        [create, work.insert_chunk(), drop].map(|statement| statement.pasted(work.dialect));
    let imports: String =
        files.iter().map(|file| format!(".import --csv --skip 1 '{file}' tieout_chunk\n")).collect();
    format!("{create};\n{imports}{insert};\n{drop};\n\n")
}
