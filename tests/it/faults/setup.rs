//! One small reconciliation, its undisturbed result, and the program held at a failpoint.

use crate::support::{Feed, Kind, Output, Place, Server, Started, digest::sha256, of_this_run};
use std::{
    fmt::Write,
    fs,
    path::PathBuf,
    sync::OnceLock,
    thread::sleep,
    time::{Duration, Instant},
};

/// Twelve chunks, so that the converter waits for the loader.
const ROWS: u32 = 36;

/// A feed with chunks of three rows.
fn feed() -> Feed {
    Feed::new("faults")
        .xml("chunk_rows = 3")
        .column("id", "type = \"integer\"\nkey = true")
        .column("amount", "type = \"decimal\"\ntolerance = \"0.01\"\ntotal_by = \"note\"")
        .column("note", "")
}

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A database with our table, the feed, and `theirs.xml`.
pub fn place(kind: Kind) -> Place {
    place_on(Server::shared(kind))
}

/// The same on this server.
pub fn place_on(server: Server) -> Place {
    let place = Place::on(server);
    let rows: Vec<String> = (1..=ROWS)
        .filter(|id| id % 5 != 0)
        .map(|id| {
            format!("({id}, {}.{}, '{}')", id * 10, id % 7, if id % 11 == 0 { "other" } else { "paid" })
        })
        .collect();
    place.sql(&format!(
        "CREATE TABLE ours (id integer, amount decimal(20,2), note varchar(40)); \
         INSERT INTO ours VALUES {}, (99, 1, 'ours alone'), (7, 1, 'twice')",
        rows.join(", ")
    ));
    place.feed(feed());
    deliver(&place, "");
    place
}

/// Writes `theirs.xml` with the same rows; another `comment` makes it another file.
pub fn deliver(place: &Place, comment: &str) {
    let mut xml = String::from("<rows>\n");
    for id in (1..=ROWS).filter(|id| id % 8 != 0) {
        let cents = if id % 6 == 0 { 9 } else { id % 7 };
        let _ = writeln!(xml, "<r><id>{id}</id><amount>{}.{cents}</amount><note>paid</note></r>", id * 10);
    }
    let _ = write!(xml, "</rows>\n<!--{comment}-->\n");
    place.write("theirs.xml", xml);
}

/// The breaks of a run that nothing disturbed.
pub fn undisturbed() -> &'static str {
    static BREAKS: OnceLock<String> = OnceLock::new();
    BREAKS.get_or_init(|| {
        let place = place(Kind::Sqlite);
        let output = place.run(&["theirs.xml"]);
        assert_eq!(output.status, 1, "{}", output.all());
        of_this_run(&place.output_file("tieout-out", "breaks.csv"))
    })
}

/// Ours, as it is.
pub fn ours(place: &Place) -> Vec<Vec<Option<String>>> {
    let [id, amount] = ["id", "amount"].map(|column| place.kind.as_text(column));
    place.query(&format!("SELECT {id}, {amount}, note FROM ours ORDER BY ours.id, note"))
}

/// Runs the feed again, plainly, and checks that everything is as after an undisturbed run.
pub fn rerun(place: &Place, what: &str) {
    let before = ours(place);
    let output = place.run(&["theirs.xml"]);
    let at = format!("{:?}, {what}", place.kind);
    assert_eq!(output.status, 1, "{at}: {}", output.all());
    settled(place, &before, &at);
}

/// The invariants after a run that came through.
pub fn settled(place: &Place, ours_before: &[Vec<Option<String>>], at: &str) {
    assert_eq!(of_this_run(&place.output_file("tieout-out", "breaks.csv")), undisturbed(), "{at}");
    assert_eq!(ours(place), ours_before, "{at}: ours was changed");
    for table in ["stage", "join", "tie"] {
        assert_eq!(place.count(&format!("FROM tieout_{table}_faults")), 0, "{at}: {table} holds rows");
    }
    assert_eq!(leftovers(place), Vec::<String>::new(), "{at}: files of a dead run");
    let sha256 = sha256(fs::read(place.path("theirs.xml")).expect("the file"));
    assert_eq!(
        place.count(&format!("FROM tieout_files WHERE sha256 = '{sha256}'")),
        1,
        "{at}: the file counts once"
    );
    assert_eq!(
        place.count("FROM tieout_runs WHERE status IN ('loading', 'reconciled', 'exported')"),
        0,
        "{at}: unfinished runs"
    );
}

/// Nothing of the file was committed.
pub fn nothing_committed(place: &Place, at: &str) {
    let at = format!("{:?}, {at}", place.kind);
    assert_eq!(place.count("FROM tieout_results"), 0, "{at}: results");
    assert_eq!(place.count("FROM tieout_files"), 0, "{at}: files");
    assert!(!exported(place), "{at}: a run folder appeared");
}

/// Whether there is a run folder.
pub fn exported(place: &Place) -> bool {
    let Ok(entries) = fs::read_dir(place.path("tieout-out")) else { return false };
    entries.flatten().any(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
}

fn leftovers(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path("tieout-out")).expect("the output folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.')).collect()
}

/// Waits for something that has to happen.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(10));
    }
}

/// The program at work.
pub struct Running {
    program: Started,
    go: PathBuf,
}

impl Running {
    /// `tieout run` on the file, not held anywhere.
    pub fn start(place: &Place, arguments: &[&str]) -> Self {
        Self::begin(place, arguments, "nowhere")
    }

    /// `tieout run` on the file, held at a failpoint.
    pub fn held(place: &Place, failpoint: &str) -> Self {
        Self::held_with(place, failpoint, &[])
    }

    /// The same with more arguments.
    pub fn held_with(place: &Place, failpoint: &str, arguments: &[&str]) -> Self {
        Self::until_held(place, failpoint, Self::begin(place, arguments, failpoint))
    }

    fn until_held(place: &Place, failpoint: &str, mut running: Self) -> Self {
        let reached = PathBuf::from(format!("{}.reached", running.go.display()));
        until(&format!("{failpoint} on {:?}", place.kind), || {
            assert!(running.program.ended().is_none(), "{:?} ended before {failpoint}", place.kind);
            reached.exists()
        });
        fs::remove_file(reached).expect("the pause's own file");
        running
    }

    /// A run of another file, while the first one is held.
    pub fn held_apart(place: &Place, failpoint: &str, file: &str) -> Self {
        Self::until_held(place, failpoint, Self::begin_at(place, &[file], failpoint, "go-apart"))
    }

    fn begin(place: &Place, arguments: &[&str], failpoint: &str) -> Self {
        Self::begin_at(place, &[&["theirs.xml"], arguments].concat(), failpoint, "go")
    }

    fn begin_at(place: &Place, arguments: &[&str], failpoint: &str, name: &str) -> Self {
        let go = place.path(name);
        for old in [go.clone(), place.path(&format!("{name}.reached"))] {
            let _ = fs::remove_file(old);
        }
        let program = (place.command())
            .args(["run", "feed.toml", "--database", place.url()])
            .args(arguments)
            .env("TIEOUT_PAUSE_AT", format!("{failpoint}:{}", go.display()))
            .start();
        Self { program, go }
    }

    /// Lets it go on to its end.
    pub fn go(self) -> Output {
        fs::write(&self.go, "").expect("a file in the test's folder");
        self.end()
    }

    /// Waits for its end.
    pub fn end(self) -> Output {
        self.program.end()
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        self.program.signal(name);
    }
}
