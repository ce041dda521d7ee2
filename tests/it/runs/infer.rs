//! `tieout infer` and the files of `tieout check`: what is printed runs as it is.

use crate::{
    documents::markdown::Document,
    support::{
        Feed, Kind, Place,
        drafted::{Drafted, keys},
        on_every_server,
    },
};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// A file of this test's own.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/runs/infer").join(name)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[test]
fn an_inferred_feed_converts_its_files_and_its_key_is_unique() {
    let place = Place::new(Kind::Sqlite);
    for (name, count, key, says) in [
        (
            "accounts.xml",
            4,
            vec!["accountno", "detail_number"],
            vec!["explode = \"CARD\"", "path = \"../HEADER/BANK\""],
        ),
        (
            "statement.xml",
            3,
            vec!["acct_svcr_ref", "detail_number"],
            vec![
                "tieout feeds show camt.053",
                "row = \"Stmt/Ntry\"",
                "explode = \"NtryDtls/TxDtls\"",
                "negative = [\"DBIT\"]",
                "repeat = \"join\"",
            ],
        ),
        ("positions.xml", 3, vec!["conid"], vec!["path = \"../../@accountId\"", "format = \"%Y%m%d\""]),
        (
            "rates.xml",
            6,
            vec!["cube_time", "currency"],
            vec!["row = \"Cube/Cube/Cube\"", "path = \"../@time\""],
        ),
        ("bank.ofx", 2, vec!["fitid"], vec!["late = true", "trim = true", "format = \"%Y%m%d%H%M%S\""]),
        ("comma.xml", 3, vec!["id"], vec!["decimal_comma = true", "format = \"%d.%m.%Y\""]),
    ] {
        let drafted = Drafted::from(&place, &[fixture(name)]);
        let feed = &drafted.feed;
        assert_eq!(drafted.rows.len(), count, "{name}\n{feed}");
        assert_eq!(keys(feed), key, "{name}\n{feed}");
        drafted.expect_unique();
        for words in says {
            assert!(feed.contains(words), "{name}: {words}\n{feed}");
        }
    }
}

/// Marks that combine with the letter before them stand in names as they are written.
#[test]
fn names_of_any_script_are_drafted() {
    let place = Place::new(Kind::Sqlite);
    let xml = "<บัญชี><รายการ รหัส='ก1'><จำนวนเงิน>1.50</จำนวนเงิน><Gro\u{308}ße>2</Gro\u{308}ße></รายการ>\
        <รายการ รหัส='ก2'><จำนวนเงิน>2.75</จำนวนเงิน><Gro\u{308}ße>3</Gro\u{308}ße></รายการ>\
        <รายการ รหัส='ก3'><จำนวนเงิน>2.75</จำนวนเงิน><Gro\u{308}ße>3</Gro\u{308}ße></รายการ></บัญชี>";
    let drafted = Drafted::from(&place, &[place.write("thai.xml", xml)]);
    assert_eq!((drafted.header.len(), drafted.rows.len()), (3, 3), "{}", drafted.feed);
    for words in ["row = \"/บัญชี/รายการ\"", "\"@รหัส\"", "\"จำนวนเงิน\"", "\"Gro\u{308}ße\""]
    {
        assert!(drafted.feed.contains(words), "{words}\n{}", drafted.feed);
    }
}

#[test]
fn several_files_give_one_feed() {
    let place = Place::new(Kind::Sqlite);
    let one =
        place.write("one.xml", "<L><S><R><id>1</id><a>5</a><b>x</b></R><R><id>2</id><a>6</a></R></S></L>");
    let two = place.write("two.xml", "<L><S><R><id>3</id><a>y</a><c>2026-01-31</c></R></S></L>");
    let none = place.write("none.xml", "<L><made>today</made><S/></L>");
    let Drafted { feed, header, rows } = Drafted::from(&place, &[one.clone(), two, none]);
    assert_eq!((header.len(), rows.len()), (5, 3), "{feed}");
    assert_eq!(keys(&feed), ["id"]);
    for words in
        ["# No row in none.xml: are they of the same kind as the others?", "\nallow_empty = \"/L/S\"\n"]
    {
        assert!(feed.contains(words), "{words}\n{feed}");
    }
    // Nothing in this one says that it should be empty.
    let other = place.write("other.xml", "<L><made>today</made></L>");
    let inferred = place.tieout(&["infer", &text(&one), &text(&other)]);
    inferred.expect(0, &["# No row in other.xml", "\n# allow_empty = \"/path/of/that/element\"\n"]);
    place.write("feed.toml", &inferred.stdout);
    place.tieout(&["convert", "feed.toml", &text(&other), "--out", "refused"]).expect(3, &["holds no row"]);
    assert!(feed.contains("optional, in 1 of 3 rows"), "{feed}");
}

#[test]
fn rows_that_nothing_tells_apart_are_known_by_their_place() {
    let place = Place::new(Kind::Sqlite);
    let one = place.write("one.xml", "<L><R><a>1.5</a><t>x</t></R><R><a>1.5</a><t>x</t></R></L>");
    let two = place.write("two.xml", "<L><R><a>1.5</a><t>x</t></R></L>");
    let drafted = Drafted::from(&place, std::slice::from_ref(&one));
    let feed = &drafted.feed;
    assert_eq!(keys(feed), ["row_number"]);
    assert!(feed.contains("No column, pair or triple"), "{feed}");
    assert!(feed.contains("Nearest to it comes t: measured: 1 different in 2 rows."), "{feed}");
    drafted.expect_unique();
    let drafted = Drafted::from(&place, &[one, two]);
    assert_eq!(keys(&drafted.feed), ["file_name", "row_number"]);
    drafted.expect_unique();
}

#[test]
fn odd_names_and_values_stay_what_they_are() {
    let place = Place::new(Kind::Sqlite);
    // Two attributes share their local name; names are reserved, values hold quotes, line ends and `${…}`.
    let file = place.write(
        "odd.xml",
        "<L xmlns:p='u'><R><no>1</no><Amt>5.00</Amt><DbtInd>DBIT</DbtInd><x p:a='1' a='2'/><tieout_id>${HOME}</tieout_id>\
         <select>\"'\\</select></R><R><no>2</no><Amt>7.00</Amt><DbtInd>CRDT</DbtInd><x a='3'/><tieout_id>a&#10;b</tieout_id></R></L>",
    );
    let drafted = Drafted::from(&place, &[file]);
    assert_eq!(drafted.rows.len(), 2, "{}", drafted.feed);
    drafted.expect_unique();
    let values = drafted.values(&drafted.rows[0], &["amt".to_owned(), "select".to_owned()]);
    assert_eq!(values, ["-5", "\"'\\"]);
}

#[test]
fn names_and_arguments_are_checked() {
    let place = Place::new(Kind::Sqlite);
    let file = text(&fixture("accounts.xml"));
    place.tieout(&["infer", &file, "--name", "acme-accounts"]).expect(0, &["name = \"acme-accounts\""]);
    place.tieout(&["infer", &file, "--name", "Acme"]).expect(2, &["no name of a feed"]);
    place.tieout(&["infer", &file, "--table", "t"]).expect(2, &["--table is given without --database"]);
    place
        .tieout(&["infer", &file, "--database", "sqlite:x"])
        .expect(2, &["--database is given without --table"]);
    place.tieout(&["infer", "gone.xml"]).expect(3, &["cannot read gone.xml"]);
    let cut = place.write("cut.xml", "<a><b>");
    place.tieout(&["infer", &text(&cut)]).expect(3, &["the file is truncated"]);
    let page = place.write("page.xml", "<html><body>502</body></html>");
    place.tieout(&["infer", &text(&page)]).expect(3, &["HTML page"]);
}

#[test]
fn check_lists_what_the_feed_and_a_file_do_not_share() {
    let place = Place::new(Kind::Sqlite);
    place.feed(
        Feed::new("accounts")
            .row("ACCOUNT")
            .xml("root = \"ACCOUNTBALANCE\"")
            .column("no", "path = \"ACCOUNTNO\"\nkey = true")
            .column("bank", "path = \"../HEADER/BANK\"")
            .column("balance", "path = [\"Balance\", \"BALANCE\"]\ntype = \"decimal\"")
            .column("gone", "path = \"Gone\"")
            .without_ours(),
    );
    let file = text(&fixture("accounts.xml"));
    place.tieout(&["check", "feed.toml", &file]).expect(
        0,
        &[
            "accounts.xml: 3 row elements",
            "spare    accounts.xml: column balance: Balance matched nothing in the whole file",
            "warning  accounts.xml: column gone: Gone matched nothing in the whole file",
            "unmapped accounts.xml: /ACCOUNTBALANCE/HEADER/CREATED: 1 time, like \"2026-01-31T22:15:00\"",
            "unmapped accounts.xml: /ACCOUNTBALANCE/ACCOUNT/CARD/CARDNO: 3 times",
            "no database is named, so only the files were looked at",
        ],
    );
    assert!(!place.path("tieout-out").exists(), "nothing is left behind");
    let other = text(&fixture("rates.xml"));
    place.tieout(&["check", "feed.toml", &other, &file]).expect(
        3,
        &[
            "rates.xml: line 2, byte 39: the root element is Envelope, not ACCOUNTBALANCE",
            "ok       accounts.xml: 3 row elements",
        ],
    );
    let empty = place.write("empty.xml", "<ACCOUNTBALANCE/>");
    place.tieout(&["check", "feed.toml", &text(&empty)]).expect(3, &["holds no row (ACCOUNT)"]);
    let cut = place.write("cut.xml", "<ACCOUNTBALANCE><ACCOUNT>");
    place.tieout(&["check", "feed.toml", &text(&cut)]).expect(3, &["the file is truncated"]);
    // A database that cannot be reached does not hide what the file showed.
    place
        .tieout(&["check", "feed.toml", &file, "--database", "sqlite:gone/x.sqlite"])
        .expect(4, &["accounts.xml: 3 row elements", "cannot connect"]);
}

/// Our accounts, one of them unknown to the bank; the columns have other names, and amounts are cents.
fn our_accounts(place: &Place) {
    let (number, text) = match place.kind {
        Kind::Sqlite => ("integer", "text"),
        _ => ("bigint", "varchar(64)"),
    };
    let (date, flag, yes, no) = match place.kind {
        Kind::Sqlite => ("text", "integer", "1", "0"),
        Kind::Postgres => ("date", "boolean", "true", "false"),
        _ => ("date", "boolean", "1", "0"),
    };
    place.sql(&format!(
        "CREATE TABLE accounts (id {number} NOT NULL PRIMARY KEY, account_no {text} NOT NULL UNIQUE, holder_name {text}, \
         currency {text}, balance_cents {number}, opened_on {date}, is_active {flag})"
    ));
    place.sql(&format!(
        "INSERT INTO accounts VALUES (71, '0010001', 'Anna Keller', 'CHF', 125040, '2019-05-02', {yes}), \
         (72, '0010002', 'Bruno & Söhne AG', 'EUR', -31000, '2020-11-17', {yes}), \
         (73, '0010003', 'Carla Monti', 'CHF', 5, '2021-02-28', {no}), \
         (74, '0010009', 'Dario Prinz', 'CHF', 100, '2022-01-01', {yes})"
    ));
}

#[test]
fn with_our_table_the_feed_pairs_columns_and_runs() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        our_accounts(&place);
        let file = text(&fixture("accounts.xml"));
        let inferred = place.tieout(&["infer", &file, "--database", place.url(), "--table", "accounts"]);
        inferred.expect(
            0,
            &[
                "[ours]\ntable = \"accounts\"",
                "accountno = \"account_no\"",
                "# accountno: 1.00: 3 of 3 sampled values occur, names equal (account_no)",
                "holder = \"holder_name\"",
                "ccy = \"currency\"",
                "balance = \"balance_cents / 100.0\"",
                "opened = \"opened_on\"",
                "active = \"is_active\"",
                "a unique index of ours",
                "nothing of ours was found for it\ncompare = false",
            ],
        );
        assert_eq!(keys(&inferred.stdout), ["accountno"], "{}", inferred.stdout);
        assert!(!inferred.stdout.contains("explode"), "ours knows no cards:\n{}", inferred.stdout);
        place.write("feed.toml", &inferred.stdout);
        place.tieout(&["check", "feed.toml", &file, "--database", place.url()]).expect(0, &["connected to"]);
        place.run(&[&file]).expect(1, &["3  matched", "1  missing in theirs"]);
        assert_eq!(place.count("FROM accounts"), 4, "ours is never written");
    });
}

/// The demo's feed was written by hand; the inferred one comes to the same verdict.
#[test]
fn the_inferred_feed_of_the_demo_finds_what_the_demo_finds() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
        place.sql(&fs::read_to_string(demo.join("ours.sql")).expect("our side of the demo"));
        let file = text(&demo.join("accounts.xml"));
        let table = ["--database", place.url(), "--table", "tieout_demo_accounts"];
        let inferred = place.tieout(&[["infer", &file].as_slice(), &table].concat());
        // Their currencies are numbers, ours are letters: comparing them would only give breaks.
        inferred
            .expect(0, &["explode = \"CARD\"", "ours has currency, but values of theirs do not occur there"]);
        assert_eq!(keys(&inferred.stdout), ["accountnumber", "cardid"], "{}", inferred.stdout);
        place.write("feed.toml", &inferred.stdout);
        place.run(&[&file]).expect(
            1,
            &[
                "5 of 11 rows",
                "6  matched",
                "2  mismatched",
                "1  missing in ours",
                "1  missing in theirs",
                "1  duplicate in theirs",
            ],
        );
    });
}

/// What is a text of ours is compared as a text, so that other digits are another value; but amounts are numbers.
#[test]
fn texts_of_ours_are_compared_as_texts() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        let text_type = if kind == Kind::Sqlite { "text" } else { "varchar(40)" };
        place.sql(&format!(
            "CREATE TABLE laws (id {text_type} NOT NULL PRIMARY KEY, weighting {text_type}, valid {text_type}, fee {text_type})"
        ));
        place.sql("INSERT INTO laws VALUES ('A-1', '13.1', 'Y', '1.5'), ('A-2', '140.12', 'N', '2'), ('A-3', '4.2', 'Y', '7')");
        let law = |weightings: [&str; 3], valid: &str| {
            let row = |n: usize, valid: &str, fee: &str| {
                format!(
                    "<art><id>A-{}</id><weighting>{}</weighting><valid>{valid}</valid><fee>{fee}</fee></art>",
                    n + 1,
                    weightings[n]
                )
            };
            format!("<law>{}{}{}</law>", row(0, valid, "1.50"), row(1, "N", "2.00"), row(2, "Y", "7.00"))
        };
        let file = text(&place.write("law.xml", law(["13.1", "140.12", "4.2"], "Y")));
        let inferred = place.tieout(&["infer", &file, "--database", place.url(), "--table", "laws"]);
        inferred.expect(0, &["ours is a text: text", "ours is a text, but", "type = \"decimal\""]);
        assert_eq!(inferred.stdout.matches("\ntype = ").count(), 1, "{}", inferred.stdout);
        place.write("feed.toml", &inferred.stdout);
        place.run(&[&file]).expect(0, &["3  matched"]);
        let next = text(&place.write("next.xml", law(["13.10", "140.12", "4.20"], "true")));
        place.run(&[&next]).expect(1, &["1  matched", "2  mismatched"]);
    });
}

#[test]
fn rows_of_theirs_are_looked_up_in_a_table_that_is_too_large_to_read() {
    on_every_server(|kind| {
        let place = Place::new(kind);
        let text_type = if kind == Kind::Sqlite { "text" } else { "varchar(40)" };
        place.sql(&format!("CREATE TABLE trades (deal {text_type} NOT NULL PRIMARY KEY, qty numeric(12, 2), kind {text_type})"));
        let others: Vec<String> = (0..12_000).map(|n| format!("('A{n:05}', {n}, 'x')")).collect();
        for rows in others.chunks(4000) {
            place.sql(&format!("INSERT INTO trades VALUES {}", rows.join(", ")));
        }
        let theirs: Vec<String> = (0..40).map(|n| format!("('Z{n:05}', {}, 'k{n}')", 700_000 + n)).collect();
        place.sql(&format!("INSERT INTO trades VALUES {}", theirs.join(", ")));
        let rows: String = (0..40)
            .map(|n| format!("<R><DealId>Z{n:05}</DealId><x>{}.00</x><y>k{n}</y></R>", 700_000 + n))
            .collect();
        let file = place.write("deals.xml", format!("<L>{rows}</L>"));
        let inferred = place.tieout(&["infer", &text(&file), "--database", place.url(), "--table", "trades"]);
        inferred.expect(
            0,
            &["deal_id = \"deal\"", "x = \"qty\"", "y = \"kind\"", "40 of 40 sampled values occur"],
        );
        assert_eq!(keys(&inferred.stdout), ["deal_id"]);
        place.write("feed.toml", &inferred.stdout);
        place.run(&[&text(&file)]).expect(1, &["40  matched", "12000  missing in theirs"]);
    });
}

#[test]
fn a_table_that_has_nothing_of_theirs_leaves_a_feed_that_converts() {
    let place = Place::new(Kind::Sqlite);
    place.sql("CREATE TABLE weather (station text, humidity real)");
    place.sql("INSERT INTO weather VALUES ('Zermatt', 0.5)");
    let file = text(&fixture("rates.xml"));
    let inferred = place.tieout(&["infer", &file, "--database", place.url(), "--table", "weather"]);
    inferred.expect(0, &["was paired with theirs: the feed has no [ours]"]);
    assert!(!inferred.stdout.contains("[ours]") && !inferred.stdout.contains("compare = false"));
    place.tieout(&["infer", &file, "--database", place.url(), "--table", "gone"]).expect(4, &["gone"]);
}

#[test]
fn the_document_shows_what_is_printed() {
    let document = Document::read("docs/infer.md");
    let place = Place::new(Kind::Sqlite);
    our_accounts(&place);
    let file = text(&fixture("accounts.xml"));
    let printed = place.tieout(&["infer", &file, "--database", place.url(), "--table", "accounts"]).stdout;
    let lines: HashSet<&str> = printed.lines().collect();
    for line in document.block("toml", 0).lines() {
        assert!(lines.contains(line), "the document shows a line that is not printed: {line}\n{printed}");
    }
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let (feed, file) = (text(&demo.join("demo.toml")), text(&demo.join("accounts.xml")));
    let checked = place.tieout(&["check", &feed, &file]);
    assert_eq!(checked.stdout, document.block("text", 0), "{}", checked.all());
}
