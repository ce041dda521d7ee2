//! What SQLite's result codes mean (<https://www.sqlite.org/rescode.html>).

use crate::error::Code;

/// Primary result codes.
const CODES: &[(i32, Code)] =
    &[(5, Code::SqliteBusy), (8, Code::ReadOnly), (13, Code::ServerFull), (14, Code::SqliteNotOpened)];

/// SQLite has one code for whatever is wrong with a statement, so the hint names all that it can be.
pub(super) const STATEMENT: &str = "check the table name under [ours]; name our column under [ours.columns], or correct it; where there are hundreds of columns, take some out; `tieout plan FEED` prints the statement";

/// Whether it is that code, and not a damaged file or a failing disk.
pub(super) fn is_vague(result: i32) -> bool {
    result & 0xff == 1
}

/// What a failed statement means; `result` may be an extended code, whose low byte is the primary one.
pub(super) fn code(result: i32) -> Code {
    let primary = result & 0xff;
    CODES.iter().find(|(known, _)| *known == primary).map_or(Code::StatementRefused, |(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_mean_what_their_primary_code_means() {
        // SQLITE_BUSY_SNAPSHOT and SQLITE_READONLY_DBMOVED.
        assert_eq!(
            (code(517), code(1032), code(1)),
            (Code::SqliteBusy, Code::ReadOnly, Code::StatementRefused)
        );
    }
}
