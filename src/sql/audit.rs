//! The audit of the checksum: which pairs with equal checksums are compared by value as well.
//!
//! The choice depends on a row's id alone, so a rerun makes the same one and every statement can repeat it.
//! Ids are spread before they are chosen (a multiplicative hash): records that a rhythm of the file leaves out,
//! or many small files, cannot empty the sample.

use super::Dialect;
use crate::feed::AuditSize;

/// Ids are reduced by this prime, so that no product leaves 63 bits …
const PRIME: u64 = (1 << 31) - 1;
/// … and multiplied by its golden section, which spreads what follows on each other most evenly.
const FACTOR: u64 = 1_327_217_884;

/// Which pairs are compared by value also.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// None.
    Off,
    /// Those whose spread id is below this.
    Below(u64),
    /// All of them.
    All,
}

impl Audit {
    /// So many of `rows`.
    #[must_use]
    pub fn new(wanted: AuditSize, rows: u64) -> Self {
        match wanted {
            AuditSize::About(0) => Self::Off,
            AuditSize::About(wanted) if wanted < rows => {
                let below = u128::from(PRIME) * u128::from(wanted) / u128::from(rows);
                // A part of it, so it fits. One row in two thousand million at least, then.
                Self::Below(u64::try_from(below).unwrap_or(PRIME).max(1))
            }
            AuditSize::All | AuditSize::About(_) => Self::All,
        }
    }

    /// The condition under which the row with this id is in the sample.
    #[must_use]
    pub fn sampled(self, dialect: Dialect, id: &str) -> String {
        match self {
            // Without a checksum in SQL the join compares all pairs by value.
            _ if !dialect.has_sha256() => "1 = 1".into(),
            Self::Off => "1 = 0".into(),
            Self::All => "1 = 1".into(),
            Self::Below(below) => format!("({id} % {PRIME} * {FACTOR}) % {PRIME} < {below}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the condition says, in Rust.
    fn chosen(audit: Audit, id: u64) -> bool {
        match audit {
            Audit::Off => false,
            Audit::All => true,
            Audit::Below(below) => id % PRIME * FACTOR % PRIME < below,
        }
    }

    fn sample(wanted: u64, ids: impl Iterator<Item = u64> + Clone) -> u64 {
        let audit = Audit::new(AuditSize::About(wanted), ids.clone().count() as u64);
        ids.filter(|id| chosen(audit, *id)).count() as u64
    }

    use crate::model::row_id::RECORDS as FILE;

    #[test]
    fn about_as_many_as_wanted_whatever_the_ids() {
        for wanted in [10, 100, 1000] {
            let near = |what: &str, got: u64| {
                assert!((wanted * 7 / 10..=wanted * 13 / 10).contains(&got), "{what}: {got} for {wanted}");
            };
            near("one file", sample(wanted, (1..=200_000).map(|record| FILE + record)));
            // A `where` that keeps every second, every thousandth record.
            for step in [2, 3, 8, 200, 1000] {
                near("a rhythm", sample(wanted, (1..=100_000).map(|record| FILE + record * step)));
            }
            let small =
                |rows: u64| (1..=20_000).flat_map(move |file| (1..=rows).map(move |n| file * FILE + n));
            near("small files", sample(wanted, small(5)));
            near("files of one row", sample(wanted, small(1)));
        }
    }

    #[test]
    fn few_rows_are_all_compared_and_none_where_it_is_off() {
        assert_eq!(sample(1000, 1..=1000), 1000);
        assert_eq!(sample(0, 1..=1000), 0);
        assert_eq!(Audit::new(AuditSize::All, u64::MAX), Audit::All);
        assert_eq!(Audit::new(AuditSize::About(1000), 0), Audit::All);
        assert_eq!(Audit::new(AuditSize::About(1), u64::MAX), Audit::Below(1));
    }

    #[test]
    fn no_product_leaves_the_integers_of_the_databases() {
        assert!(i64::try_from((PRIME - 1) * FACTOR).is_ok());
    }
}
