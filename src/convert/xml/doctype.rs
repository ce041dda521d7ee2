//! What a document type declaration may say: nothing that would change what stands in the document.

use super::markup::{IllFormed, is_space};
use crate::error::Code;

/// What a declaration says that must not be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forbidden {
    pub code: Code,
    pub what: &'static str,
}

/// Refuses entities and default values; `text` is the declaration after its keyword.
pub(super) fn check(text: &str) -> Result<(), Forbidden> {
    let subset = text.split_once('[').map_or("", |(_, subset)| subset);
    if subset.contains("<!ENTITY") || subset.contains('%') {
        return Err(Forbidden { code: Code::DeclaresEntities, what: "the DOCTYPE declares entities" });
    }
    // A default value would be content that stands in no element.
    let defaults = |declaration: &str| {
        let end = declaration.find('>').unwrap_or(declaration.len());
        declaration[..end].contains(['"', '\''])
    };
    if subset.split("<!ATTLIST").skip(1).any(defaults) {
        return Err(Forbidden {
            code: Code::DeclaresDefaults,
            what: "the DOCTYPE declares default values of attributes",
        });
    }
    Ok(())
}

/// Checks its beginning: the parser takes it in lower case too, as HTML has it.
pub(super) fn check_keyword(markup: &str) -> Result<(), IllFormed> {
    match markup.strip_prefix("<!DOCTYPE") {
        Some(rest) if rest.starts_with(is_space) => Ok(()),
        _ => Err("a DOCTYPE that is not written `<!DOCTYPE name`".into()),
    }
}
