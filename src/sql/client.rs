//! What `plan` prints for the server's own client: psql, mysql, mariadb, sqlite3. The statements are those of a run; only
//! the bulk load is spelled as the client has it.

use super::{
    Dialect, Work,
    template::{Fill, template},
};
use crate::error::{Code, Error, Result, printable};

/// What the client cannot do, for the head of the plan.
#[must_use]
pub fn remark(dialect: Dialect) -> Option<&'static str> {
    (dialect == Dialect::Sqlite).then_some("sqlite3 has no SHA-256: tieout itself fills in checksum_ours.")
}

/// The bulk load of chunk files.
///
/// # Errors
/// `Usage` where a file's name cannot be written in the client's syntax.
pub fn load(work: &Work<'_>, files: &[String]) -> Result<String> {
    for file in files {
        if file.contains(['\'', '"', '\\', '\n']) {
            return Err(Error::new(
                Code::BadChunkFolder,
                format!("the chunk folder {} cannot be written in the client's syntax", printable(file)),
            ));
        }
    }
    Ok(match work.dialect {
        Dialect::Sqlite => sqlite3_import(work, files),
        _ => files.iter().filter_map(|file| in_one_statement(work, file)).collect(),
    })
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
        files.iter().map(|file| format!(".import --skip 1 '{file}' tieout_chunk\n")).collect();
    format!("{create};\n.mode csv\n{imports}.mode list\n{insert};\n{drop};\n")
}
