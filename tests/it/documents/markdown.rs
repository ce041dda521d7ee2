//! A Markdown document taken apart: headings with their anchors, links, code, tables, sentences.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a file's name ends so.
pub fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == extension)
}

/// A document.
#[derive(Default)]
pub struct Document {
    /// Relative to the repository.
    pub path: PathBuf,
    pub headings: Vec<Heading>,
    /// Where its links lead, as written.
    pub links: Vec<String>,
    /// Code within a line.
    pub spans: Vec<String>,
    /// Code blocks: language and text.
    pub blocks: Vec<(String, String)>,
    /// What is said outside of tables, headings and code blocks.
    pub sentences: Vec<String>,
}

/// A heading, and the tables below it up to the next one.
pub struct Heading {
    /// Without marks of code.
    pub text: String,
    /// As GitHub makes it.
    pub anchor: String,
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Default)]
pub struct Row {
    /// It names the columns.
    pub head: bool,
    /// The text of each cell; code stands without its marks.
    pub cells: Vec<String>,
    /// The code spans of the first cell.
    pub first: Vec<String>,
}

impl Document {
    /// Reads a document of the repository.
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"));
        Self::of(path, &text)
    }

    /// A document of this text.
    pub fn of(path: &str, text: &str) -> Self {
        let mut reader =
            Reader { document: Self { path: path.into(), ..Self::default() }, ..Reader::default() };
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            reader.take(event);
        }
        reader.document
    }

    /// The rows of the tables below a heading.
    pub fn rows(&self, heading: &str) -> impl Iterator<Item = &Row> {
        let found = self.headings.iter().filter(move |one| one.text == heading);
        found.flat_map(|one| &one.rows)
    }

    /// What these tables list: the code of their first cells.
    pub fn listed(&self, heading: &str) -> Vec<String> {
        self.rows(heading).flat_map(|row| &row.first).cloned().collect()
    }

    /// The text of the n-th code block of a language.
    pub fn block(&self, language: &str, n: usize) -> &str {
        let mut of_language = self.blocks.iter().filter(|(own, _)| own == language);
        of_language
            .nth(n)
            .map_or_else(|| panic!("{}: too few blocks of {language}", self.path.display()), |(_, text)| text)
    }
}

/// All documents of the repository, but for the changelog, which may name what is gone.
pub fn documents() -> Vec<Document> {
    let mut paths = vec!["tests/README.md".to_owned(), "scripts/examples/nightly/README.md".to_owned()];
    for folder in ["", "docs/"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            if has_extension(&name, "md") && name != "CHANGELOG.md" {
                paths.push(format!("{folder}{name}"));
            }
        }
    }
    paths.sort();
    paths.retain(|path| root().join(path).exists());
    paths.iter().map(|path| Document::read(path)).collect()
}

#[derive(Default)]
struct Reader {
    document: Document,
    /// Open block quotes, lists and the like do not matter; these do.
    in_heading: bool,
    in_table: bool,
    block: Option<(String, String)>,
    text: String,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(code) => self.span(&code),
            Event::Text(text) => match &mut self.block {
                Some((_, block)) => block.push_str(&text),
                None => self.text.push_str(&text),
            },
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.sentences();
                self.in_heading = true;
            }
            Tag::Table(_) => {
                self.sentences();
                self.in_table = true;
            }
            Tag::TableRow | Tag::TableHead => {
                let row = Row { head: tag == Tag::TableHead, ..Row::default() };
                if let Some(heading) = self.document.headings.last_mut() {
                    heading.rows.push(row);
                }
            }
            Tag::Item => self.sentences(),
            Tag::Link { dest_url, .. } => self.document.links.push(dest_url.into_string()),
            Tag::CodeBlock(kind) => {
                self.sentences();
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.block = Some((language, String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                let text = std::mem::take(&mut self.text);
                let anchor = anchor(&text, &self.document.headings);
                self.document.headings.push(Heading { text, anchor, rows: Vec::new() });
                self.in_heading = false;
            }
            TagEnd::Table => {
                self.text.clear();
                self.in_table = false;
            }
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.text);
                if let Some(row) = self.row() {
                    row.cells.push(text.trim().to_owned());
                }
            }
            TagEnd::CodeBlock => self.document.blocks.extend(self.block.take()),
            TagEnd::Paragraph | TagEnd::Item => self.sentences(),
            _ => {}
        }
    }

    fn span(&mut self, code: &str) {
        self.document.spans.push(code.to_owned());
        if self.in_table
            && let Some(row) = self.row().filter(|row| row.cells.is_empty())
        {
            row.first.push(code.to_owned());
        }
        // In a heading and a table the text counts, in a sentence code is one word.
        self.text.push_str(if self.in_heading || self.in_table { code } else { "`code`" });
    }

    /// The row of a table that is being read.
    fn row(&mut self) -> Option<&mut Row> {
        self.document.headings.last_mut()?.rows.last_mut()
    }

    /// Ends what was being said.
    fn sentences(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut sentence: Vec<&str> = Vec::new();
        for word in text.split_whitespace() {
            sentence.push(word);
            if word.trim_end_matches(['"', ')', '*', '”']).ends_with(['.', '?', '!']) {
                self.document.sentences.push(sentence.join(" "));
                sentence.clear();
            }
        }
        if !sentence.is_empty() {
            self.document.sentences.push(sentence.join(" "));
        }
    }
}

/// GitHub's anchor of a heading: letters, digits, `-` and `_`; blanks become `-`; repeated ones are numbered.
fn anchor(text: &str, others: &[Heading]) -> String {
    let plain: String = text.to_lowercase().replace(' ', "-");
    let plain: String = plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
    let repeated = others.iter().filter(|other| other.text == text).count();
    if repeated == 0 { plain } else { format!("{plain}-{repeated}") }
}
