//! SIGINT and SIGTERM: the run stops at the next safe point, and nothing is half done.

use super::setup::{Running, nothing_committed, ours, place, rerun};
use crate::support::on_every_server;

#[test]
fn a_signal_before_the_commit_undoes_the_run() {
    on_every_server(|kind| {
        let place = place(kind);
        let before = ours(&place);
        let signals = [
            ("INT", 130, "after-lock"),
            ("TERM", 143, "after-first-chunk"),
            ("INT", 130, "after-load"),
            ("TERM", 143, "in-reconcile"),
        ];
        for (signal, status, failpoint) in signals {
            let running = Running::held(&place, failpoint);
            running.signal(signal);
            let output = running.end();
            assert_eq!(output.status, status, "{kind:?}, {failpoint}: {}", output.all());
            assert!(output.stderr.contains(&format!("SIG{signal}")), "{kind:?}: {}", output.stderr);
            nothing_committed(&place, failpoint);
            let failed = format!("FROM tieout_runs WHERE status = 'failed' AND failure LIKE '%SIG{signal}%'");
            let begun = u64::from(failpoint != "after-lock");
            let runs = place.query("SELECT status, failure FROM tieout_runs");
            let says = format!("{kind:?}, {failpoint}: the ledger says why: {runs:?}\n{}", output.all());
            assert_eq!(place.count(&failed).min(1), begun, "{says}");
            assert_eq!(ours(&place), before, "{kind:?}: ours was changed");
        }
        rerun(&place, "after four signals");
    });
}

/// The commit stands; whatever the signal cut short is made up for by the rerun.
#[test]
fn a_signal_after_the_commit_loses_nothing() {
    on_every_server(|kind| {
        let place = place(kind);
        let running = Running::held(&place, "after-commit");
        running.signal("TERM");
        let output = running.end();
        assert!([1, 143].contains(&output.status), "{kind:?}: {}", output.all());
        if output.status == 143 {
            rerun(&place, "after a signal behind the commit");
        } else {
            assert_eq!(
                place.output_file("tieout-out", "breaks.csv"),
                super::setup::undisturbed(),
                "{kind:?}"
            );
        }
    });
}
