//! A feed that is drafted from a file converts it, and its key is unique.

use super::manifest::File;
use crate::support::{Place, drafted::Drafted};

pub fn check(place: &Place, file: &File) -> Result<(), String> {
    if !file.well_formed {
        let output = place.tieout(&["infer", &file.path.to_string_lossy()]);
        return if matches!(output.status, 0 | 3) { Ok(()) } else { Err(output.all()) };
    }
    let drafted = Drafted::from(place, &[&file.path]);
    drafted.expect_unique();
    if drafted.rows.is_empty() { Err("no row".to_owned()) } else { Ok(()) }
}
