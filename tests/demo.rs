//! `tieout demo` gives the same answer on every database.

use crate::support::{Place, on_every_server};

#[test]
fn the_demo_gives_the_same_answer_everywhere() {
    let expected = include_str!("demo/breaks.csv").replace('\n', "\r\n");
    on_every_server(|kind| {
        let place = Place::new(kind);
        let output = place.tieout(&["demo", "--database", place.url()]);
        assert_eq!(output.status, 0, "{}", output.all());
        assert!(output.stdout.contains("5 of 11 rows do not tie out"), "{}", output.stdout);
        assert_eq!(place.output_file("tieout-out/demo", "breaks.csv"), expected, "{kind:?}");
    });
}
