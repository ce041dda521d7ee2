//! Transfers that are cut, at many bytes and in three ways: none is taken for a whole file, and the next attempt goes on
//! where the last one ended.

use super::{THEIRS, at_once, place, reconciled, run};
use crate::support::{
    Kind,
    fake_ftp::{Behaviour, Cut, FakeFtp},
};

/// How long is waited: for the server, and before another attempt.
const SOON: &str = "timeout = \"500ms\"";

fn with_cut(at: usize, how: Cut) -> Behaviour {
    Behaviour {
        files: vec![(b"a.xml".to_vec(), THEIRS.as_bytes().to_vec())],
        cut: Some((at, how)),
        ..Behaviour::default()
    }
}

/// Some places, the first and the last byte among them; `scripts/faults --only transfer` takes two hundred.
fn places() -> impl Iterator<Item = usize> {
    let last = THEIRS.len() - 1;
    (0..6).map(move |n| n * last / 5)
}

/// Whatever comes of it, a cut file is never reconciled; a server that is good again gives it.
fn sweep(how: Cut) {
    let server = FakeFtp::start(Behaviour::default());
    let place = place(Kind::Sqlite, &server.url("in"), SOON);
    for at in places() {
        // Once: the second attempt goes on at that byte.
        server.behave(Behaviour { cuts: 1, ..with_cut(at, how) });
        let output = place.run(&["--out", "out", "--force"]);
        output.expect(0, &["TIED OUT"]);
        let wanted = format!("REST {at}");
        assert!(at == 0 || server.commands().contains(&wanted), "{how:?} {wanted}: {:?}", server.commands());
    }
}

#[test]
fn after_a_fin_the_transfer_goes_on_at_that_byte() {
    sweep(Cut::Fin);
}

#[test]
fn after_a_stall_the_transfer_goes_on_at_that_byte() {
    sweep(Cut::Stall);
}

#[test]
fn after_a_reset_the_file_comes_whole() {
    let server = FakeFtp::start(Behaviour::default());
    let place = place(Kind::Sqlite, &server.url("in"), SOON);
    for at in places() {
        // What was on its way when the reset came is lost, so where it goes on is not known.
        server.behave(Behaviour { cuts: 1, ..with_cut(at, Cut::Rst) });
        place.run(&["--out", "out", "--force"]).expect(0, &["TIED OUT"]);
    }
}

/// No byte of the list came, or a part of a line, and the server says that this was all.
#[test]
fn a_list_that_was_cut_is_no_list() {
    let server = FakeFtp::start(Behaviour::default());
    for unknown in [vec![], vec!["MLSD", "MLST"]] {
        let place = place(Kind::Sqlite, &server.url("in"), &format!("{SOON}\nallow_none = true"));
        for at in [0, 3] {
            let unknown = unknown.clone();
            server.behave(Behaviour { cut: None, list_cut: Some((at, 1)), unknown, ..with_cut(0, Cut::Fin) });
            place.run(&["--out", "out", "--force"]).expect(0, &["TIED OUT", "a.xml"]);
        }
    }
}

/// Nobody can tell a list that ends after a line from a whole one: what only the second list has is told, and left to the
/// next run.
#[test]
fn a_file_that_is_not_in_both_lists_is_told() {
    let files = ["a", "b"].map(|name| {
        let text = THEIRS.replace("<d>", &format!("<d><!-- {name} -->"));
        (format!("{name}.xml").into_bytes(), text.into_bytes())
    });
    let unknown = vec!["MLSD", "MLST"];
    let at = "old\r\na.xml\r\n".len();
    let good = Behaviour { files: files.into(), unknown, ..Behaviour::default() };
    let server = FakeFtp::start(Behaviour { list_cut: Some((at, 1)), ..good });
    let place = place(Kind::Sqlite, &server.url("in"), "");
    run(&place).expect(0, &["TIED OUT", "a.xml: 2 records", "(b.xml)"]);
    run(&place).expect(0, &["TIED OUT", "b.xml: 2 records"]);
}

#[test]
fn a_transfer_that_is_always_cut_is_never_a_file() {
    at_once([Cut::Fin, Cut::Rst, Cut::Stall], |how| {
        let server = FakeFtp::start(with_cut(30, how));
        let place = place(Kind::Sqlite, &server.url("in"), &format!("{SOON}\nafter = \"delete\""));
        let output = run(&place);
        output.expect(5, &[if matches!(how, Cut::Stall) { "TO-512" } else { "TO-510" }]);
        assert_eq!((reconciled(&place), server.heard("DELE").len()), (0, 0), "{how:?}");
    });
}

#[test]
fn a_server_that_cannot_go_on_gives_it_from_the_start() {
    let cannot = [
        Behaviour { answers: vec![("REST", "502 cannot")], cuts: 1, ..with_cut(40, Cut::Fin) },
        Behaviour { forgets_rest: true, cuts: 1, ..with_cut(40, Cut::Fin) },
    ];
    for behaviour in cannot {
        let server = FakeFtp::start(behaviour);
        let place = place(Kind::Sqlite, &server.url("in"), SOON);
        let output = run(&place);
        // One that forgets where it was to begin is told apart from a good one by the length alone.
        if output.status != 0 {
            output.expect(5, &["TO-510", "announced"]);
            assert_eq!(reconciled(&place), 0);
        }
    }
}
