//! What can go wrong from outside: each failure has its exit status and a message that says what to do.
//! And the commands beside `run`, which people turn to when something did.

mod bombs;
mod commands;
mod cron;
mod databases;
mod expected;
mod feeds;
mod files;
mod hooks;
mod hostile_ledger;
mod keys;
mod ledger;
mod locks;
mod packed;
mod passwords;
mod pooler;
mod privileges;
mod refused;
mod secrets;
mod servers;
mod tls;

use crate::support::{Feed, Kind, Place, Server};

/// Reads id and amount, and ties out with `OURS`.
fn feed() -> Feed {
    Feed::new("acme").xml("root = \"d\"").key("id").column("amount", "type = \"decimal\"")
}

const THEIRS: &str =
    "<d>\n  <r><id>a</id><amount>1.50</amount></r>\n  <r><id>b</id><amount>2</amount></r>\n</d>\n";

const OURS: &str = "CREATE TABLE ours (id varchar(10), amount decimal(10, 2));
INSERT INTO ours VALUES ('a', 1.5), ('b', 2);";

/// A place with a feed and a file that tie out with its table.
fn place(kind: Kind) -> Place {
    place_on(Server::shared(kind))
}

/// The same on this server.
fn place_on(server: Server) -> Place {
    let place = with_files(Place::on(server));
    place.sql(OURS);
    place
}

/// The same without the table.
fn files_only(kind: Kind) -> Place {
    with_files(Place::new(kind))
}

fn with_files(place: Place) -> Place {
    place.feed(feed());
    place.write("theirs.xml", THEIRS);
    place
}

/// Makes the file differ in one row.
fn with_a_break(place: &Place) {
    place.write("theirs.xml", THEIRS.replace("1.50", "1.51"));
}
