//! The id of a staged row: the file's number in its run and the record's ordinal in its file, in one number that
//! every database holds exactly.

/// A file has fewer records than this; an id is `file * RECORDS + record`.
pub const RECORDS: u64 = 1_000_000_000_000;

/// The id of a file's record; both count from 1, and the record stays below [`RECORDS`].
#[must_use]
pub fn of(file: u32, record: u64) -> u64 {
    u64::from(file) * RECORDS + record
}

/// The file's number and the record's ordinal.
#[must_use]
pub fn parts(id: u64) -> (u64, u64) {
    (id / RECORDS, id % RECORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_apart_into_what_it_was_made_of() {
        for (file, record) in [(1, 1), (7, RECORDS - 1), (u32::MAX >> 10, 42)] {
            assert_eq!(parts(of(file, record)), (u64::from(file), record));
        }
    }

    #[test]
    fn ids_fit_the_integers_of_the_databases() {
        assert!(i64::try_from(of(9_000_000, RECORDS - 1)).is_ok());
    }
}
