//! What the drivers' type names mean here. Knows no statement and no connection.

use crate::model::{Family, OurColumn};
use sqlx::{MySql, Type, TypeInfo, mysql::MySqlTypeInfo};

/// A column whose type the driver calls so.
pub fn our_column(type_name: &str, family: impl Fn(&str) -> Family) -> OurColumn {
    OurColumn { type_name: type_name.to_lowercase(), family: family(type_name) }
}

pub fn postgres_family(name: &str) -> Family {
    match name {
        "INT2" | "INT4" | "INT8" | "OID" => Family::Integer,
        "NUMERIC" => Family::Decimal,
        "FLOAT4" => Family::Real,
        "FLOAT8" => Family::Double,
        "MONEY" => Family::Money,
        "DATE" => Family::Date,
        "TIMESTAMP" => Family::Timestamp,
        "TIMESTAMPTZ" => Family::TimestampTz,
        "BOOL" => Family::Boolean,
        "BYTEA" => Family::Binary,
        _ => Family::Text,
    }
}

/// The type's name. The driver takes texts of a `_bin` collation for bytes, since the server marks both
/// as binary; only the character set tells them apart, which it asks for when it decodes a text.
pub fn mysql_type(column: &MySqlTypeInfo) -> &str {
    let name = column.name();
    if !<str as Type<MySql>>::compatible(column) {
        return name;
    }
    match name {
        "VARBINARY" => "VARCHAR",
        "BINARY" => "CHAR",
        "TINYBLOB" => "TINYTEXT",
        "BLOB" => "TEXT",
        "MEDIUMBLOB" => "MEDIUMTEXT",
        "LONGBLOB" => "LONGTEXT",
        other => other,
    }
}

pub fn mysql_family(name: &str) -> Family {
    let name = name.strip_suffix(" UNSIGNED").unwrap_or(name);
    match name {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "YEAR" => Family::Integer,
        "DECIMAL" => Family::Decimal,
        "FLOAT" => Family::Real,
        "DOUBLE" => Family::Double,
        "DATE" => Family::Date,
        "DATETIME" | "TIMESTAMP" => Family::Timestamp,
        "BIT" => Family::Bit,
        "BINARY" | "VARBINARY" | "BLOB" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" | "GEOMETRY" => {
            Family::Binary
        }
        _ => Family::Text,
    }
}
