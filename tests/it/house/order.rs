//! Who may import whom: the table of ARCHITECTURE.md, from beneath to the top, and no circle of files anywhere.

use super::graph::Graph;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A row of the table: a room, and what it must not know.
struct Room {
    name: String,
    must_not_know: Vec<String>,
}

/// The rooms in the table's order: each imports only what stands before it.
fn rooms() -> Vec<Room> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let text = fs::read_to_string(path).expect("ARCHITECTURE.md");
    let rows = text.lines().skip_while(|line| *line != "| room | owns | must not know |").skip(2);
    let quoted =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [room, _, unknown] = cells.as_slice() else { panic!("a row of three cells: {line}") };
        let names = quoted(room).into_iter().map(|room| {
            let name = room.trim_start_matches("src/").trim_end_matches('/').trim_end_matches(".rs");
            Room { name: name.to_owned(), must_not_know: quoted(unknown) }
        });
        names.collect::<Vec<_>>()
    };
    let rooms: Vec<Room> = rows.take_while(|line| line.starts_with('|')).flat_map(row).collect();
    assert!(rooms.len() > 10, "ARCHITECTURE.md has no table of rooms");
    rooms
}

/// The room of a file: its folder or its file right below `src/`.
fn room_of(file: &Path) -> String {
    let first = file.iter().next().expect("a path").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn no_file_imports_in_a_circle() {
    let graph = Graph::read();
    let arrows = graph.arrows();
    assert!(arrows.len() > 100, "the source was not read");
    let circles = circles(&arrows);
    assert!(circles.is_empty(), "files that import each other:\n{}", circles.join("\n"));
}

#[test]
fn every_room_imports_only_what_stands_before_it() {
    let rooms = rooms();
    let place = |room: &str| rooms.iter().position(|other| other.name == room);
    let graph = Graph::read();
    let mut wrong = Vec::new();
    for (file, targets) in graph.arrows() {
        let from = room_of(file);
        if from == "lib" {
            continue;
        }
        let Some(n) = place(&from) else {
            wrong.push(format!("{}: no row of ARCHITECTURE.md's table is about it", file.display()));
            continue;
        };
        for target in targets {
            let to = room_of(target);
            if to != from && place(&to).is_none_or(|m| m >= n) {
                wrong.push(format!("{} imports from {}", file.display(), target.display()));
            }
            if rooms[n].must_not_know.contains(&to) {
                wrong.push(format!("{} must not know {}", file.display(), target.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_names_a_crate_that_it_must_not_know() {
    let graph = Graph::read();
    for room in rooms() {
        for source in graph.sources().filter(|source| room_of(&source.file) == room.name) {
            let known = room.must_not_know.iter().find(|name| source.outside.contains(*name));
            assert!(known.is_none(), "{} names {}", source.file.display(), known.expect("a name"));
        }
    }
}

#[test]
fn behind_the_seam_nothing_knows_xml() {
    let graph = Graph::read();
    let behind = |file: &Path| {
        ["paths", "rows", "chunks"].iter().any(|room| file.starts_with(Path::new("convert").join(room)))
    };
    let files: Vec<_> = graph.arrows().into_iter().filter(|(file, _)| behind(file)).collect();
    assert!(files.len() > 10, "the rooms of the converter were not found");
    for (file, targets) in files {
        let known = targets
            .iter()
            .find(|target| target.starts_with("convert/xml") || target.starts_with("convert/job.rs"));
        assert!(known.is_none(), "{} imports from {known:?}", file.display());
    }
    for source in graph.sources().filter(|source| behind(&source.file)) {
        assert!(!source.outside.contains("quick_xml"), "{} names quick_xml", source.file.display());
    }
}

/// Groups of files that reach each other, one line a group.
fn circles(arrows: &BTreeMap<&Path, BTreeSet<&Path>>) -> Vec<String> {
    let reach = |from: &Path| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Path> = arrows[from].iter().copied().collect();
        while let Some(file) = next.pop() {
            if seen.insert(file.to_path_buf()) {
                next.extend(&arrows[file]);
            }
        }
        seen
    };
    let reached: BTreeMap<&Path, _> = arrows.keys().map(|file| (*file, reach(file))).collect();
    let mut groups = BTreeSet::new();
    for (file, all) in &reached {
        if all.contains(*file) {
            let group = all.iter().filter(|other| reached[other.as_path()].contains(*file));
            groups.insert(group.map(|file| file.display().to_string()).collect::<Vec<_>>().join(", "));
        }
    }
    groups.into_iter().collect()
}

#[test]
fn circles_are_found() {
    let [a, b, c] = ["a.rs", "b.rs", "c.rs"].map(Path::new);
    let arrows =
        BTreeMap::from([(a, BTreeSet::from([b])), (b, BTreeSet::from([a, c])), (c, BTreeSet::new())]);
    assert_eq!(circles(&arrows), ["a.rs, b.rs"]);
}
