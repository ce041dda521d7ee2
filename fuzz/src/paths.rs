//! Any text is a path or condition, or is refused at a place within it; what is accepted reads the same again.

use tieout::feed::path::{Condition, Operand, Path, PathError, RowPath};

/// Parses `bytes` as everything that the grammar knows.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(path) = accepted(text, RowPath::parse(text)) {
        assert!(!path.steps.is_empty());
        assert_eq!(RowPath::parse(&path.text).as_ref(), Ok(&path));
    }
    if let Some(path) = accepted(text, Path::parse(text)) {
        assert_eq!(Path::parse(&path.text).as_ref(), Ok(&path));
    }
    if let Some(condition) = accepted(text, Condition::parse(text)) {
        paths_of(&condition, &mut |path| assert_eq!(Path::parse(&path.text).as_ref(), Ok(path)));
        // Brackets around it change nothing.
        assert_eq!(Condition::parse(&format!("({text})")).as_ref(), Ok(&condition));
    }
}

fn accepted<T>(text: &str, parsed: Result<T, PathError>) -> Option<T> {
    let refused = match parsed {
        Ok(parsed) => return Some(parsed),
        Err(refused) => refused,
    };
    assert!(!refused.message.is_empty());
    assert!(text.is_char_boundary(refused.offset), "byte {} of {text:?} is no place", refused.offset);
    None
}

fn paths_of(condition: &Condition, visit: &mut impl FnMut(&Path)) {
    match condition {
        Condition::Compares(path, _, operands) => {
            visit(path);
            for operand in operands {
                if let Operand::Path(other) = operand {
                    visit(other);
                }
            }
        }
        Condition::Exists(path) => visit(path),
        Condition::Not(inner) => paths_of(inner, visit),
        Condition::And(all) | Condition::Or(all) => all.iter().for_each(|one| paths_of(one, visit)),
    }
}
