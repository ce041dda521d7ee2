//! The import graph of `src/`: which file names something that stands in which other file.
//!
//! Every path counts, in `use` items, in code and in the bodies of macros; code under `#[cfg(test)]` does not. A name
//! that a module only passes on (`pub use`) leads to the file that defines it, so a folder's `mod.rs` may be a map of
//! its rooms without being a part of every circle.

use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::{
    Attribute, Item, LitStr, UseTree,
    visit::{self, Visit},
};

/// Segments of a module's path from the crate's root, which has none.
pub type Module = Vec<String>;

/// One source file.
#[derive(Debug, Default)]
pub struct Source {
    /// Its path below `src/`.
    pub file: PathBuf,
    /// Names that it defines.
    defined: BTreeSet<String>,
    /// Types that it defines, private ones too.
    pub types: BTreeSet<String>,
    /// Names that it imports, and the paths that they stand for.
    imported: BTreeMap<String, Vec<String>>,
    /// Modules whose names it imports all.
    globs: Vec<Vec<String>>,
    /// Paths that it names, absolute within the crate; those of a `pub use` only where nothing else names them.
    paths: BTreeSet<Vec<String>>,
    /// First segments of all other paths: crates, and names in scope.
    pub outside: BTreeSet<String>,
    /// Its string literals, those in macros too.
    pub texts: BTreeSet<String>,
}

/// All of them.
#[derive(Debug)]
pub struct Graph {
    modules: BTreeMap<Module, Source>,
}

impl Graph {
    /// Reads `src/`; `main.rs` is a crate of its own that calls the library by its name.
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut modules = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of the source") {
                let path = entry.expect("an entry").path();
                let below = path.strip_prefix(&root).expect("a path below src/").to_path_buf();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test(&below) {
                    let module = module_of(&below);
                    let text = fs::read_to_string(&path).expect("a source file");
                    let parsed =
                        syn::parse_file(&text).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
                    let mut reader = Reader {
                        module: module.clone(),
                        source: Source { file: below, ..Source::default() },
                    };
                    reader.visit_file(&parsed);
                    modules.insert(module, reader.source);
                }
            }
        }
        Self { modules }
    }

    /// Every file.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.modules.values()
    }

    /// From each file to the files that it imports from.
    pub fn arrows(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let of = |source: &Source| -> BTreeSet<&Path> {
            let targets = source.paths.iter().filter_map(|path| self.resolve(path, 0));
            targets.filter(|target| *target != source.file).collect()
        };
        self.modules.values().map(|source| (source.file.as_path(), of(source))).collect()
    }

    /// The file that defines what the path names.
    fn resolve(&self, path: &[String], depth: usize) -> Option<&Path> {
        let mut module: Module = Vec::new();
        for (n, name) in path.iter().enumerate() {
            let mut child = module.clone();
            child.push(name.clone());
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            let source = self.modules.get(&module)?;
            if source.defined.contains(name) || depth > 8 {
                return Some(&source.file);
            }
            if let Some(target) = source.imported.get(name) {
                let rest = [target.as_slice(), &path[n + 1..]].concat();
                return self.resolve(&rest, depth + 1);
            }
            let through = |glob: &Vec<String>| {
                let target = [glob.as_slice(), &path[n..]].concat();
                (self.module(glob)?.defined.contains(name)).then(|| self.resolve(&target, depth + 1))?
            };
            return source.globs.iter().find_map(through).or(Some(&source.file));
        }
        self.modules.get(&module).map(|source| source.file.as_path())
    }

    fn module(&self, path: &[String]) -> Option<&Source> {
        self.modules.get(path)
    }
}

/// Unit tests in files of their own.
fn is_test(below: &Path) -> bool {
    below.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

fn module_of(below: &Path) -> Module {
    let mut module: Module =
        below.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

struct Reader {
    module: Module,
    source: Source,
}

impl Reader {
    /// The path from the crate's root, where it is one within the crate.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = match path.first()?.as_str() {
            "crate" | "tieout" => return Some(path[1..].to_vec()),
            "self" => return Some([&self.module, &path[1..]].concat()),
            "super" => self.module.clone(),
            _ => return None,
        };
        let ups = path.iter().take_while(|name| *name == "super").count();
        base.truncate(base.len().saturating_sub(ups));
        Some([base.as_slice(), &path[ups..]].concat())
    }

    /// A path in code or in a macro.
    fn path(&mut self, path: &[String]) {
        let Some(first) = path.first() else { return };
        if let Some(absolute) = self.absolute(path) {
            self.source.paths.insert(absolute);
        } else if path.len() > 1 {
            self.source.outside.insert(first.clone());
            // `chunks::Block` where `chunks` is a module beside or below.
            self.source.paths.insert([&self.module, path].concat());
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &mut Vec<String>, passed_on: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before, passed_on);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before, passed_on)),
            UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                self.import(before, last, passed_on);
            }
            UseTree::Name(name) => {
                let path = [before.as_slice(), &[name.ident.to_string()]].concat();
                self.import(&path, name.ident.to_string(), passed_on);
            }
            UseTree::Rename(rename) => {
                let path = [before.as_slice(), &[rename.ident.to_string()]].concat();
                self.import(&path, rename.rename.to_string(), passed_on);
            }
            UseTree::Glob(_) => match self.absolute(before) {
                Some(module) => self.source.globs.push(module),
                None => drop(before.first().map(|first| self.source.outside.insert(first.clone()))),
            },
        }
    }

    fn import(&mut self, path: &[String], name: String, passed_on: bool) {
        // A path without `crate`, `self` or `super` begins with a crate, or with a module that stands below.
        let absolute = self.absolute(path).unwrap_or_else(|| {
            self.source.outside.insert(path[0].clone());
            [self.module.as_slice(), path].concat()
        });
        if !passed_on {
            self.source.paths.insert(absolute.clone());
        }
        self.source.imported.insert(name, absolute);
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.path(&std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Literal(literal) => {
                            if let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string()) {
                                self.source.texts.insert(text.value());
                            }
                        }
                        TokenTree::Ident(_) | TokenTree::Punct(_) => {}
                    }
                }
            }
        }
        self.path(&path);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = match item {
            Item::Const(item) => (&item.attrs, Some(&item.ident)),
            Item::Enum(item) => (&item.attrs, Some(&item.ident)),
            Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
            Item::Impl(item) => (&item.attrs, None),
            Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
            Item::Mod(item) => (&item.attrs, None),
            Item::Static(item) => (&item.attrs, Some(&item.ident)),
            Item::Struct(item) => (&item.attrs, Some(&item.ident)),
            Item::Trait(item) => (&item.attrs, Some(&item.ident)),
            Item::Type(item) => (&item.attrs, Some(&item.ident)),
            Item::Use(item) => {
                // What stands below and is passed on is the map of a folder; all else that is passed on is imported.
                let public = !matches!(item.vis, syn::Visibility::Inherited);
                if !for_tests(&item.attrs) {
                    let below = matches!(&item.tree, UseTree::Path(path) if path.ident != "crate" && path.ident != "super");
                    self.tree(&item.tree, &mut Vec::new(), public && below);
                }
                return;
            }
            _ => return,
        };
        if for_tests(attributes) {
            return;
        }
        if let Some(name) = name {
            self.source.defined.insert(name.to_string());
            if matches!(item, Item::Enum(_) | Item::Struct(_) | Item::Trait(_) | Item::Type(_)) {
                self.source.types.insert(name.to_string());
            }
        }
        visit::visit_item(self, item);
    }

    // `pub(super)` is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.path(&names);
        visit::visit_path(self, path);
    }

    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.source.texts.insert(text.value());
    }

    // What is documented is prose.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}
