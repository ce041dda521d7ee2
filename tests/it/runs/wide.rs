//! A feed of more columns than a row of `InnoDB`'s holds, each longer than what `InnoDB` keeps in the row.

use crate::support::{Feed, Place, Server, on_every_server};

const WIDTH: usize = 400;

/// 400 columns c1 to c400, of which `key` is the key; the row `n` holds `n`, padded to 60 letters, in each.
fn place(server: Server, key: usize) -> Place {
    let place = Place::on(server);
    place.feed(feed(key));
    let rows: String = (1..=3).map(|row| element(|column| value(row, column))).collect();
    place.write("theirs.xml", format!("<d>{rows}</d>"));
    // No table of MySQL's takes 200 such columns.
    for (table, columns) in [("a", 1..=150), ("b", 151..=300), ("c", 301..=WIDTH)] {
        let names: String = columns.clone().fold(String::new(), |all, n| all + &format!(", c{n} text"));
        place.sql(&format!("CREATE TABLE {table} (id int{names})"));
        for row in [1, 2, 4] {
            let values = columns
                .clone()
                .fold(String::new(), |all, column| all + &format!(", '{}'", our_value(row, column)));
            place.sql(&format!("INSERT INTO {table} VALUES ({row}{values})"));
        }
    }
    place
}

fn feed(key: usize) -> Feed {
    let feed = Feed::new("wide")
        .xml("root = \"d\"")
        .ours("query = \"select * from a join b using (id) join c using (id)\"");
    (1..=WIDTH).fold(feed, |feed, n| feed.column(&format!("c{n}"), if n == key { "key = true" } else { "" }))
}

fn element(value: impl Fn(usize) -> String) -> String {
    let cells = (1..=WIDTH).fold(String::new(), |all, n| all + &format!("<c{n}>{}</c{n}>", value(n)));
    format!("<r>{cells}</r>\n")
}

fn value(row: usize, column: usize) -> String {
    format!("{row}-{column:-<58}")
}

fn our_value(row: usize, column: usize) -> String {
    if row == 2 && [150, 151, 299].contains(&column) { "x".into() } else { value(row, column) }
}

/// What the place's run must say; `method` is how it was loaded.
fn expect(place: &Place, key: usize, method: Option<&str>) {
    place.run(&["theirs.xml"]).expect(1, &[]);
    let breaks = place.output_file("tieout-out", "breaks.csv");
    let mut reader = csv::Reader::from_reader(breaks.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let cell = |row: &csv::StringRecord, name: &str| {
        row[header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no {name}"))].to_owned()
    };
    let mut found = Vec::new();
    for row in reader.records().map(|row| row.expect("a row")) {
        found.push((cell(&row, "outcome"), cell(&row, &format!("c{key}")), cell(&row, "differing_columns")));
        if row.iter().any(|cell| cell == "mismatched") {
            for n in 1..=WIDTH {
                assert_eq!(cell(&row, &format!("c{n}_theirs")), value(2, n));
                assert_eq!(cell(&row, &format!("c{n}_ours")), our_value(2, n));
            }
        }
    }
    found.sort();
    let one = |outcome: &str, row, differing: &str| (outcome.into(), value(row, key), differing.into());
    let expected: [(String, String, String); 3] = [
        one("mismatched", 2, "c150;c151;c299"),
        one("missing_in_ours", 3, ""),
        one("missing_in_theirs", 4, ""),
    ];
    assert_eq!(found, expected);
    if let Some(method) = method {
        let summary = place.output_file("tieout-out", "summary.json");
        assert!(summary.contains(&format!("\"loaded_by\": \"{method}\"")), "{summary}");
    }
}

#[test]
fn columns_that_no_row_of_innodb_holds() {
    on_every_server(|kind| expect(&place(Server::shared(kind), WIDTH), WIDTH, None));
}

/// The same on a server where LOAD DATA is forbidden.
pub fn by_insert(server: Server) {
    expect(&place(server, WIDTH), WIDTH, Some("INSERT"));
}

#[test]
fn another_column_becomes_the_key() {
    on_every_server(|kind| {
        let place = place(Server::shared(kind), WIDTH);
        expect(&place, WIDTH, None);
        // What is no longer a key may be long, and lies elsewhere in the stage.
        place.feed(feed(1));
        let long = "é".repeat(600);
        place.write(
            "theirs.xml",
            format!("<d>{}</d>", element(|n| if n == WIDTH { long.clone() } else { value(1, n) })),
        );
        place.run(&["theirs.xml"]).expect(1, &[]);
        let breaks = place.output_file("tieout-out", "breaks.csv");
        assert!(
            breaks.contains(&format!("mismatched,{},c{WIDTH},", value(1, 1))),
            "{}",
            &breaks[..3000.min(breaks.len())]
        );
        assert!(breaks.contains(&long));
    });
}
