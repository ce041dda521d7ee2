//! What the error numbers of MySQL and MariaDB mean (MySQL 9 error message reference; MariaDB error codes).

use crate::error::Code;

const CODES: &[(u16, Code)] = &[
    (1021, Code::ServerFull),
    (1040, Code::TooManyConnections),
    (1044, Code::NoPrivilege),
    (1045, Code::AuthenticationFailed),
    (1049, Code::NoSuchDatabase),
    (1053, Code::SessionEnded),
    (1054, Code::NoSuchColumn),
    (1114, Code::ServerFull),
    (1117, Code::TooWide),
    (1118, Code::TooWide),
    (1142, Code::NoPrivilege),
    (1143, Code::NoPrivilege),
    (1146, Code::NoSuchTable),
    (1203, Code::TooManyConnections),
    (1205, Code::LockWait),
    (1213, Code::LockWait),
    (1226, Code::TooManyConnections),
    (1227, Code::NoPrivilege),
    (1290, Code::ReadOnly),
    (1292, Code::DoesNotFit),
    (1301, Code::RowTooLong),
    (1317, Code::Cancelled),
    (1365, Code::DivisionByZero),
    (1366, Code::DoesNotFit),
    (1370, Code::NoPrivilege),
    (1406, Code::KeyTooLong),
    (1698, Code::AuthenticationFailed),
    (1792, Code::ReadOnly),
    (1836, Code::ReadOnly),
    (1927, Code::SessionEnded),
    (1969, Code::Cancelled),
    (3024, Code::Cancelled),
    (3118, Code::AuthenticationFailed),
    (3159, Code::TlsFailed),
];

/// LOAD DATA LOCAL is forbidden, which is no failure: INSERT does it then.
pub const LOCAL_LOAD_FORBIDDEN: [u16; 3] = [1148, 3948, 4166];

/// What a failed statement means.
pub fn code(number: u16) -> Code {
    CODES.iter().find(|(known, _)| *known == number).map_or(Code::StatementRefused, |(_, code)| *code)
}
