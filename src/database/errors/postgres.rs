//! What PostgreSQL's error codes mean (PostgreSQL manual, appendix A).

use crate::error::Code;

/// `SQLSTATE`, and the server's routine that raised it where that alone tells two cases apart.
const CODES: &[(&str, Option<&str>, Code)] = &[
    ("28P01", None, Code::AuthenticationFailed),
    ("28000", None, Code::AuthenticationFailed),
    ("3D000", None, Code::NoSuchDatabase),
    ("42P01", None, Code::NoSuchTable),
    ("42703", None, Code::NoSuchColumn),
    ("42501", Some("check_enable_rls"), Code::RowsHidden),
    ("42501", None, Code::NoPrivilege),
    ("22021", None, Code::NotText),
    ("22P05", None, Code::EncodingTooSmall),
    ("22012", None, Code::DivisionByZero),
    ("42P08", None, Code::UntypedParameter),
    ("42P18", None, Code::UntypedParameter),
    ("55P03", None, Code::LockWait),
    // A deadlock, and a transaction that another one overtook.
    ("40P01", None, Code::LockWait),
    ("40001", None, Code::LockWait),
    ("53300", None, Code::TooManyConnections),
    // A prepared statement that another client made, or that is on another session.
    ("42P05", None, Code::PooledSession),
    ("26000", None, Code::PooledSession),
    ("57014", None, Code::Cancelled),
    ("53100", None, Code::ServerFull),
    ("25006", None, Code::ReadOnly),
    ("57P01", None, Code::SessionEnded),
    ("57P02", None, Code::SessionEnded),
    ("57P03", None, Code::SessionEnded),
    ("22P02", None, Code::DoesNotFit),
    ("22003", None, Code::DoesNotFit),
    ("22007", None, Code::DoesNotFit),
    ("22008", None, Code::DoesNotFit),
    // A row that is too big for a page, and more than 1,600 columns.
    ("54000", Some("RelationGetBufferForTuple"), Code::TooWide),
    ("54011", None, Code::TooWide),
];

/// What a failed statement means.
pub(super) fn code(sqlstate: &str, routine: Option<&str>) -> Code {
    let is =
        |(known, by, _): &&(&str, Option<&str>, Code)| *known == sqlstate && (by.is_none() || *by == routine);
    CODES.iter().find(is).map_or(Code::StatementRefused, |(.., code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_routine_tells_two_cases_of_one_state_apart() {
        assert_eq!(code("42501", Some("check_enable_rls")), Code::RowsHidden);
        assert_eq!(code("42501", Some("aclcheck_error")), Code::NoPrivilege);
        assert_eq!(code("54000", Some("RelationGetBufferForTuple")), Code::TooWide);
        assert_eq!(code("54000", Some("index_form_tuple")), Code::StatementRefused);
    }

    #[test]
    fn a_prepared_statement_that_is_on_another_session_is_a_poolers() {
        assert_eq!(code("42P05", Some("StorePreparedStatement")), Code::PooledSession);
        assert_eq!(code("26000", Some("exec_bind_message")), Code::PooledSession);
        assert_eq!(code("26000", Some("FetchPreparedStatement")), Code::PooledSession);
    }
}
