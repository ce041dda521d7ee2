//! Random documents: what the one-pass conversion selects is what a plain walk over a whole tree selects.

use super::*;
use proptest::prelude::*;

/// An element: name, attribute `x`, text, children.
#[derive(Debug, Clone)]
struct Element {
    name: &'static str,
    attribute: Option<String>,
    text: String,
    children: Vec<Element>,
}

fn element(names: &'static [&'static str]) -> impl Strategy<Value = Element> {
    let leaf = (prop::sample::select(names), prop::option::of("[a-z]{1,3}"), "[a-z]{0,3}")
        .prop_map(|(name, attribute, text)| Element { name, attribute, text, children: Vec::new() });
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let parts = (prop::sample::select(names), prop::option::of("[a-z]{1,3}"), "[a-z]{0,3}");
        (parts, prop::collection::vec(inner, 0..5)).prop_map(|((name, attribute, text), children)| Element {
            name,
            attribute,
            text,
            children,
        })
    })
}

fn write_xml(element: &Element, xml: &mut String) {
    let attribute = element.attribute.as_ref().map(|x| format!(" x='{x}'")).unwrap_or_default();
    let _ = write!(xml, "<{}{attribute}>{}", element.name, element.text);
    for child in &element.children {
        write_xml(child, xml);
    }
    let _ = write!(xml, "</{}>", element.name);
}

/// What `path` (names, `*`, `@x` at the end) selects below `at`, as far as it is not empty.
fn select(at: &Element, path: &[&str], found: &mut Vec<String>) {
    match path {
        [] => found.extend(Some(at.text.clone()).filter(|text| !text.is_empty())),
        ["@x"] => found.extend(at.attribute.clone()),
        [step, rest @ ..] => {
            for child in at.children.iter().filter(|child| *step == "*" || child.name == *step) {
                select(child, rest, found);
            }
        }
    }
}

const PATHS: [&str; 9] = ["a", "b/c", "a/b/@x", "*/c", "a/*/b", "c/c", "@x", "*/@x", "b/c/a"];

proptest! {
    // Every case writes and synchronises files.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn selects_what_a_whole_tree_gives(
        rows in prop::collection::vec(element(&["a", "b", "c"]), 1..8),
        between in element(&["a", "b", "c", "d"]),
        drip in 0_usize..64,
    ) {
        let mut tables = "[xml]\nrow = 'r'\n[[column]]\nname = 'k'\nfrom = 'row_number'\nkey = true\n".to_owned();
        for (n, path) in PATHS.iter().enumerate() {
            let _ = write!(tables, "[[column]]\nname = 'c{n}'\npath = '{path}'\nrepeat = 'join'\nseparator = '+'\n");
        }
        let feed = feed(&tables);
        let mut xml = "<d>".to_owned();
        let mut expected = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let row = Element { name: "r", ..row.clone() };
            write_xml(&row, &mut xml);
            write_xml(&between, &mut xml);
            let mut fields = vec![(n + 1).to_string()];
            for path in PATHS {
                let mut found = Vec::new();
                select(&row, &path.split('/').collect::<Vec<_>>(), &mut found);
                fields.push(found.join("+"));
            }
            expected.push(fields.join("|"));
        }
        xml.push_str("</d>");
        prop_assert_eq!(converted(&feed, &xml).rows(), expected.clone());
        let dripped = try_read(&feed, super::documents::Drip(xml.as_bytes(), drip)).unwrap();
        prop_assert_eq!(dripped.rows(), expected);
    }

    #[test]
    fn any_bytes_are_converted_or_refused(text in "(<[a-r/]( k='[0-9&]?')?>?|[ab&;<>\\]!\\-\\[]|<!--|-->|\\PC){0,30}") {
        let feed = plain("row = 'r'", &[("k", "@k"), ("v", "a"), ("up", "../a")]);
        for xml in [text.clone(), format!("<d><r k='1'/>{text}</d>"), format!("<d><r k='1'><a>{text}</a></r></d>")] {
            match try_convert(&feed, xml) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Refused => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}
