//! The feeds that ship: the commands that list and show them, and one of them at work. What each reads out of files
//! that do what real ones do is in `tests/feeds`.

use crate::support::{Kind, Place, on_every_server};
use std::{fs, path::Path};

#[test]
fn every_feed_has_files() {
    let place = Place::new(Kind::Sqlite);
    let list = place.tieout(&["feeds"]);
    list.expect(0, &["camt.053 ", "account, statement, reference, detail"]);
    assert_eq!(place.tieout(&["feeds", "list"]).stdout, list.stdout);
    let listed: Vec<&str> =
        list.stdout.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds");
    let folders =
        fs::read_dir(all).expect("the feeds' folders").map(|entry| entry.expect("a folder").file_name());
    let mut folders: Vec<String> = folders.map(|name| name.to_string_lossy().into_owned()).collect();
    folders.sort();
    let mut sorted_list = listed.clone();
    sorted_list.sort_unstable();
    assert_eq!(sorted_list, folders);
    place
        .tieout(&["feeds", "show", "camt.53"])
        .expect(2, &["no feed named camt.53", "did you mean `camt.053`?"]);
}

/// Our table as the commented `[ours]` of camt.053 has it, equal to `v02.xml`.
const TRANSACTIONS: &str =
    "CREATE TABLE bank_transactions (iban varchar(34), statement_id varchar(35), bank_reference varchar(35),
    line_no integer, amount_cents bigint, currency char(3), booked_on date, value_on date);
INSERT INTO bank_transactions VALUES
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0001', 1, 4975, 'CHF', '2026-01-15', '2026-01-16'),
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0002', 1, -10000, 'CHF', '2026-01-15', '2026-01-15'),
    ('CH9300762011623852957', 'S-2026-011', 'BANK-0002', 2, -5000, 'CHF', '2026-01-15', '2026-01-15'),
    ('CH9300762011623852957', 'S-2026-011', '', 1, 3000, 'CHF', '2026-01-15', NULL),
    ('CH9300762011623852957', 'S-2026-010', 'OLD', 1, 1, 'CHF', '2025-12-31', '2025-12-31');";

#[test]
fn camt_053_reconciles_once_the_comment_signs_are_gone() {
    let statement = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/feeds/camt.053/v02.xml");
    on_every_server(|kind| {
        let place = Place::new(kind);
        place.sql(TRANSACTIONS);
        place.copy(&statement);
        let shown = place.tieout(&["feeds", "show", "camt.053"]).stdout;
        let (above, ours) = shown.split_once("# [ours]").expect("our side");
        let ours = ours.replace("\n# ", "\n").replace("ledger.bank_transactions", "bank_transactions");
        place.write("feed.toml", format!("{above}[ours]{ours}"));
        let period = ["--set", "from=2026-01-01", "--set", "to=2026-01-31"];
        let run = |more: &[&str]| place.run(&[&["v02.xml"], period.as_slice(), more].concat());
        run(&[]).expect(0, &["TIED OUT", "4  matched"]);
        place.sql("UPDATE bank_transactions SET amount_cents = -5001 WHERE line_no = 2");
        run(&["--force"]).expect(1, &["1  mismatched", "difference -0.01"]);
    });
}
