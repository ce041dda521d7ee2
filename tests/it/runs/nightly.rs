//! `scripts/examples/nightly` as a newcomer starts it: every command of its README, with real containers.
//!
//! What its compose file names and cannot be had here is replaced by what `scripts/servers` made: the images, and the
//! program, which is the one under test and not one that a Dockerfile builds. All else is the example as it stands.

use crate::{
    documents::markdown::{Document, root},
    faults::setup::until,
    support::{Output, Program, not_tested_anywhere},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The example, started in a folder of its own; all of it goes when this goes.
struct Nightly {
    folder: TempDir,
    project: String,
    readme: Document,
}

/// A command of the README is typed into a shell in which `docker compose` is either of the two that there are, builds
/// nothing, needs no terminal, and copies where version 1 cannot.
const SHELL: &str = r#"
compose() { if command docker compose version >/dev/null 2>&1; then command docker compose "$@"; else docker-compose "$@"; fi; }
docker() {
  shift
  case $1 in
    up) shift; compose up --no-build -d "$@" ;;
    exec) shift; compose exec -T "$@" ;;
    cp) command docker cp "$(compose ps -q "${2%%:*}"):${2#*:}" "$3" ;;
    *) compose "$@" ;;
  esac
}
"#;

impl Nightly {
    /// `None` where no engine answers, which is said.
    fn new() -> Option<Self> {
        let named = |what: &str| env::var(format!("TIEOUT_TEST_{what}")).ok();
        let (Some(database), Some(bank), Some(project)) =
            (named("DATABASE_IMAGE"), named("BANK_IMAGE"), named("PROJECT"))
        else {
            not_tested_anywhere("scripts/examples/nightly, since scripts/servers found no Docker engine");
            return None;
        };
        let readme = Document::read("scripts/examples/nightly/README.md");
        let nightly = Self { folder: TempDir::new().expect("a temporary folder"), project, readme };
        copy(&root().join("scripts/examples/nightly"), &nightly.path(""));
        let tieout = env!("CARGO_BIN_EXE_tieout");
        let instead = serde_json::json!({ "services": {
            "setup": { "image": bank }, "bank": { "image": bank }, "sender": { "image": bank },
            // The program is one of this machine: it runs where there is the newest C library.
            "database": { "image": &database, "command": ["-c", "fsync=off"] },
            "tieout": { "image": &database, "volumes": [format!("{tieout}:/usr/local/bin/tieout:ro")] },
        }});
        fs::write(nightly.path("instead.yaml"), instead.to_string()).expect("a file");
        Some(nightly)
    }

    /// A path of the example; the folders above it are there too, since the compose file names them.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("scripts/examples/nightly").join(name)
    }

    fn shell(&self, line: &str) -> Program {
        Program::new("sh")
            .args(["-c", &format!("{SHELL}\n{line}")])
            .current_dir(self.path(""))
            .env("COMPOSE_FILE", "compose.yaml:instead.yaml")
            .env("COMPOSE_PROJECT_NAME", &self.project)
            .env("NIGHTLY_EVERY", "1")
            .without_env("TZ")
    }

    /// Types a line, which must do; what it printed.
    #[track_caller]
    fn typed(&self, line: &str) -> String {
        let output: Output = self.shell(line).output();
        assert_eq!(output.status, 0, "{line}\n{}\n{}", output.all(), self.logs());
        output.stdout
    }

    /// Types the README's n-th block; what each line printed.
    #[track_caller]
    fn block(&self, n: usize) -> Vec<String> {
        self.readme.block("sh", n).lines().map(|line| self.typed(line)).collect()
    }

    fn logs(&self) -> String {
        self.shell("docker compose logs --no-color").output().all()
    }

    /// A container's id. The engine is asked by itself from here on: Compose takes seconds to begin.
    fn container(&self, service: &str) -> String {
        let filters = [("project", &*self.project), ("service", service)];
        let filters =
            filters.map(|(label, value)| format!("--filter=label=com.docker.compose.{label}={value}"));
        docker(&["ps", "-q"]).args(filters).output().stdout.trim().to_owned()
    }

    /// What tieout's container printed so far: first on stdout, then on stderr.
    fn told(&self) -> String {
        let output = docker(&["logs", &self.container("tieout")]).output();
        assert_eq!(output.status, 0, "{}", output.all());
        output.stdout + &output.stderr
    }

    /// Rows of a query, as the database's administrator.
    fn rows(&self, query: &str) -> Vec<String> {
        let client = ["psql", "-XqtA", "-U", "postgres", "books", "-c", query];
        let output = docker(&["exec", &self.container("database")]).args(client).output();
        assert_eq!(output.status, 0, "{}", output.all());
        output.stdout.lines().map(str::to_owned).collect()
    }

    /// Containers, networks and volumes of it.
    fn left(&self) -> String {
        let label = format!("--filter=label=com.docker.compose.project={}", self.project);
        [&["ps", "-a", "-q"][..], &["network", "ls", "-q"], &["volume", "ls", "-q"]]
            .map(|list| docker(list).arg(&label).output().stdout)
            .concat()
    }
}

impl Drop for Nightly {
    fn drop(&mut self) {
        if !self.left().is_empty() {
            let gone = self.shell("docker compose down -v --remove-orphans -t 0").output();
            if gone.status != 0 {
                eprintln!("something of a test stays behind: {}", gone.all());
            }
        }
    }
}

fn docker(arguments: &[&str]) -> Program {
    Program::new("docker").args(arguments)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let (path, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("a copy");
        }
    }
}

/// The nights that ended, by their status.
fn nights(told: &str) -> Vec<&str> {
    let ended = told.lines().filter(|line| line.starts_with("nightly: ") && line.contains(": status "));
    ended
        .map(|line| line.split(": status ").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or(""))
        .collect()
}

#[test]
fn the_nightly_example_does_what_its_readme_says() {
    let Some(nightly) = Nightly::new() else { return };
    nightly.block(0);
    until("the first night has ended", || !nights(&nightly.told()).is_empty());
    let told = nightly.told();
    let shown = nightly.readme.block("text", 0);
    let verdict = shown.lines().next().expect("a line");
    assert!(verdict.starts_with("BREAKS ") && told.starts_with(verdict), "{verdict}\n{told}");
    let hints = shown.lines().filter(|line| line.contains("docker compose"));
    for hint in hints {
        assert!(told.contains(hint), "{hint}\n{told}");
    }
    assert_eq!(nights(&told)[0], "1", "{told}");

    // What there is to look at.
    let seen = nightly.block(1);
    let outcomes = ["mismatched", "missing_in_ours", "missing_in_theirs"];
    for (looked, seen) in [("breaks", &seen[0]), ("the view", &seen[3])] {
        for outcome in outcomes {
            assert_eq!(
                seen.lines().filter(|line| line.contains(outcome)).count(),
                1,
                "{looked}: {outcome}\n{seen}"
            );
        }
    }
    assert!(seen[1].contains("3 matched, 3 breaks"), "{}", seen[1]);
    let runs: Vec<PathBuf> = (fs::read_dir(nightly.path("results")).expect("the results"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("report.html").exists())
        .collect();
    let [run] = runs.as_slice() else { panic!("one run: {runs:?}") };
    Program::tieout().arg("verify").arg(run).output().expect(0, &[]);
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(run.join("summary.json")).expect("it")).expect("JSON");
    assert_eq!(
        (&summary["verdict"], &summary["counts"]["matched"]),
        (&"breaks".into(), &3.into()),
        "{summary}"
    );
    let results = "SELECT outcome FROM tieout.tieout_results ORDER BY 1";
    assert_eq!(nightly.rows(results), outcomes);

    // A night without a new file takes nothing twice.
    until("another night has ended", || nights(&nightly.told()).len() > 1);
    let told = nightly.told();
    assert_eq!(nights(&told)[1], "0", "{told}");
    assert!(told.contains("there is no new file"), "{told}");
    let counted = "SELECT name FROM tieout.tieout_files ORDER BY 1";
    assert_eq!(nightly.rows(counted), ["2026-01-30.xml"]);

    // The bank's next statement.
    nightly.block(2);
    until("the statement is counted", || nightly.rows(counted).len() == 2);
    until("it is told", || nightly.told().contains("TIED OUT   bank-statements: every row matches"));
    assert_eq!(nightly.rows(results), outcomes, "the open breaks stand as they were");
    let healthy = ["inspect", "-f", "{{.State.Health.Status}}"];
    let healthy = || docker(&healthy).arg(nightly.container("tieout")).output().stdout;
    until("the last night is known to be good", || healthy().trim() == "healthy");

    nightly.block(3);
    assert_eq!(nightly.left(), "");
}
