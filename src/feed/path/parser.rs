//! The grammar of paths and conditions, by recursive descent. What a path is compared with stands in `operands`.
//!
//! ```text
//! row       = ["/" | "//"] step {"/" step}
//! path      = ["/"] {"../"} step {"/" step} ["/" attribute] | "." | ".." {"/.."} | attribute
//!           | "." "[" condition "]" ["/" path]
//! step      = name {"[" (number | condition) "]"}      (within a condition: only a number)
//! attribute = "@" name
//! name      = [prefix ":"] (local | "*")
//! condition = all {"or" all}
//! all       = one {"and" one}
//! one       = "not" "(" condition ")" | "(" condition ")" | path [comparison]
//! ```

use super::types::{Condition, Path, PathError, Predicate, SELF, Step};
use crate::feed::xml_name::{begins_name, in_name};

/// Parentheses and `not` may nest this deep, which bounds the recursion on hostile text.
const MAX_NESTING: usize = 32;

pub(super) type PathResult<T> = Result<T, PathError>;

/// Where the parser stands in the text.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Inside `[…]`, where paths take no predicates of their own.
    in_predicate: bool,
    /// Behind a comparison, where a path in a predicate may go up.
    pub(super) behind: bool,
    nesting: usize,
}

pub(super) fn refuse_at<T>(offset: usize, message: impl Into<String>) -> PathResult<T> {
    Err(PathError { message: message.into(), offset })
}

impl<'a> Parser<'a> {
    /// `noun` is what an empty text should have been.
    pub(super) fn new(text: &'a str, noun: &str) -> PathResult<Self> {
        let at = text.len() - text.trim_start().len();
        if at == text.len() {
            return refuse_at(0, format!("the {noun} is empty"));
        }
        Ok(Self { text: text.trim_end(), at, in_predicate: false, behind: false, nesting: 0 })
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn back_to(&mut self, offset: usize) {
        self.at = offset;
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn refuse<T>(&self, message: impl Into<String>) -> PathResult<T> {
        refuse_at(self.at, message)
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    pub(super) fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// A path up to the first character that cannot continue it.
    pub(super) fn path(&mut self) -> PathResult<Path> {
        let start = self.at;
        if self.rest().starts_with("//") {
            return self.refuse("`//` begins row paths only: name every step, or begin with one `/`");
        }
        let absolute = self.eat("/");
        if self.in_predicate && (absolute || (!self.behind && self.rest().starts_with(".."))) {
            let what = if self.behind {
                "within `[…]` a path begins at the element: go up by `..`"
            } else {
                "a predicate looks at its own element and below: only what it is compared with may go up by `..`"
            };
            return refuse_at(start, what);
        }
        let mut up = 0;
        let mut more = true;
        let mut steps = Vec::new();
        if !absolute && self.rest().starts_with(".[") {
            steps.push(self.own_step()?);
            more = self.eat("/");
        } else if !absolute && self.rest().starts_with('.') {
            (up, more) = self.dots()?;
        }
        let mut attribute = None;
        if more {
            let (further, last) = self.steps()?;
            steps.extend(further);
            attribute = last;
        }
        if absolute && steps.is_empty() {
            return refuse_at(start, "an absolute path names the root element first: `/Root/@attribute`");
        }
        Ok(Path { absolute, up, steps, attribute, text: self.text[start..self.at].to_owned() })
    }

    /// `.[condition]`: the element itself, where the condition holds.
    fn own_step(&mut self) -> PathResult<Step> {
        if self.in_predicate {
            return self.refuse("a path inside a predicate takes no conditions: join conditions with `and`");
        }
        self.at += 1;
        if self.rest()[1..].trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 1;
            return self.refuse("the element itself has no position: write a condition");
        }
        let predicate = self.predicate(false)?;
        Ok(Step { name: SELF.to_owned(), predicates: vec![predicate] })
    }

    /// Leading `.` or `..`s: how far up, and whether steps follow.
    fn dots(&mut self) -> PathResult<(usize, bool)> {
        let mut up = 0;
        while self.eat("..") {
            up += 1;
            if !self.eat("/") {
                return Ok((up, false));
            }
            if !self.rest().starts_with("..") {
                return Ok((up, true));
            }
        }
        if self.eat(".") && self.eat("/") {
            if self.rest().starts_with("..") {
                return self.refuse("write `..` without a `.` before it");
            }
            return Ok((up, true));
        }
        Ok((up, false))
    }

    /// Steps and the attribute after them.
    pub(super) fn steps(&mut self) -> PathResult<(Vec<Step>, Option<String>)> {
        let mut steps = Vec::new();
        loop {
            if self.eat("@") {
                let name = self.name("an attribute's name")?;
                if name == "*" {
                    return self.refuse("`@*` is not supported: name the attribute");
                }
                if self.rest().starts_with('/') {
                    return self.refuse("an attribute is the last step of a path: nothing follows it");
                }
                if self.rest().starts_with('[') {
                    return self.refuse("an attribute takes no predicate");
                }
                return Ok((steps, Some(name)));
            }
            steps.push(self.step()?);
            if !self.eat("/") {
                return Ok((steps, None));
            }
            if self.rest().starts_with('/') {
                return self.refuse("`//` is possible only at the beginning of a row path: name every step");
            }
        }
    }

    fn step(&mut self) -> PathResult<Step> {
        if self.rest().starts_with("..") {
            return self.refuse("`..` is possible only at the beginning of a path");
        }
        if self.rest().starts_with('.') {
            return self.refuse("`.` is possible only at the beginning of a path");
        }
        let name = self.name("an element's name")?;
        let mut predicates = Vec::new();
        while self.rest().starts_with('[') {
            let number = self.rest()[1..].trim_start().starts_with(|c: char| c.is_ascii_digit());
            if self.in_predicate && !number {
                return self
                    .refuse("a path inside a predicate takes no conditions: join conditions with `and`");
            }
            let predicate = self.predicate(!predicates.is_empty())?;
            predicates.push(predicate);
        }
        Ok(Step { name, predicates })
    }

    /// `[…]`. A position counts all children of that name, so it cannot stand after a condition,
    /// where `XPath` would count only those that satisfy it.
    fn predicate(&mut self, follows_another: bool) -> PathResult<Predicate> {
        let open = self.at;
        self.at += 1;
        self.blanks();
        let digits = self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let predicate = if digits > 0 {
            let nth = self.rest()[..digits].parse().unwrap_or(0);
            if nth == 0 {
                return self.refuse("positions count from 1");
            }
            if follows_another {
                return self.refuse("the position comes first: `Name[2][…]`");
            }
            self.at += digits;
            Predicate::Nth(nth)
        } else {
            self.in_predicate = true;
            let condition = self.condition()?;
            self.in_predicate = false;
            Predicate::Holds(condition)
        };
        self.blanks();
        if self.eat("]") {
            return Ok(predicate);
        }
        if self.rest().is_empty() {
            return refuse_at(open, "`[` is never closed: add `]`");
        }
        self.unexpected("`]`")
    }

    /// A local name; the prefix before it is ignored.
    fn name(&mut self, expected: &str) -> PathResult<String> {
        let start = self.at;
        let mut name = self.bare_name(expected)?;
        if self.rest().starts_with("::") {
            return refuse_at(start, "axes are not supported: use steps, `..` and `@attribute`");
        }
        if name != "*" && self.eat(":") {
            name = self.bare_name("a name after the prefix")?;
        }
        if self.rest().starts_with('(') {
            let message = if name == "text" {
                "`text()` is not needed: a path stands for its element's text".to_owned()
            } else {
                format!("functions are not supported: `{name}(…)` (only `not(…)`, in a condition)")
            };
            return refuse_at(start, message);
        }
        Ok(name.to_owned())
    }

    fn bare_name(&mut self, expected: &str) -> PathResult<&'a str> {
        let rest = self.rest();
        if self.eat("*") {
            return Ok("*");
        }
        if !rest.starts_with(begins_name) {
            let slash = self.text[..self.at].ends_with('/');
            if slash && !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                return refuse_at(self.at - 1, format!("{expected} must follow `/`: leave the last `/` out"));
            }
            return self.unexpected(expected);
        }
        let length = rest.len() - rest.trim_start_matches(in_name).len();
        self.at += length;
        Ok(&rest[..length])
    }

    pub(super) fn condition(&mut self) -> PathResult<Condition> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return self.refuse(format!("parentheses nest deeper than {MAX_NESTING}"));
        }
        let mut any = vec![self.all()?];
        while self.word("or") {
            any.push(self.all()?);
        }
        self.nesting -= 1;
        Ok(if any.len() == 1 { any.swap_remove(0) } else { Condition::Or(any) })
    }

    fn all(&mut self) -> PathResult<Condition> {
        let mut all = vec![self.one()?];
        while self.word("and") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Condition::And(all) })
    }

    /// A whole word after blanks, so that `order` does not begin with `or`.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let after = self.rest().strip_prefix(word);
        let found = after.is_some_and(|after| !after.starts_with(in_name));
        if found {
            self.at += word.len();
        }
        found
    }

    fn one(&mut self) -> PathResult<Condition> {
        self.blanks();
        let start = self.at;
        if self.word("not") {
            self.blanks();
            if self.rest().starts_with('(') {
                return Ok(Condition::Not(Box::new(self.parenthesised()?)));
            }
            // An element may be called `not`.
            self.at = start;
        }
        if self.rest().starts_with('(') {
            return self.parenthesised();
        }
        if self.rest().starts_with(['\'', '"']) {
            return self.refuse("the path comes first: `Path = 'value'`");
        }
        let path = self.path()?;
        self.comparison(path)
    }

    fn parenthesised(&mut self) -> PathResult<Condition> {
        let open = self.at;
        self.at += 1;
        let condition = self.condition()?;
        self.blanks();
        if self.eat(")") {
            return Ok(condition);
        }
        if self.rest().is_empty() {
            return refuse_at(open, "`(` is never closed: add `)`");
        }
        self.unexpected("`and`, `or` or `)`")
    }

    pub(super) fn quoted(&mut self) -> PathResult<String> {
        self.blanks();
        let open = self.at;
        for quote in ["'", "\""] {
            if !self.eat(quote) {
                continue;
            }
            let Some(length) = self.rest().find(quote) else {
                return refuse_at(open, format!("the text after {quote} is never closed: add {quote}"));
            };
            let text = self.rest()[..length].to_owned();
            self.at += length + 1;
            return Ok(text);
        }
        self.refuse("text stands in quotes: `'value'`")
    }

    pub(super) fn end_of_path(&self) -> PathResult<()> {
        if self.rest().is_empty() { Ok(()) } else { self.unexpected("`/` or the end of the path") }
    }

    pub(super) fn end_of_condition(&mut self) -> PathResult<()> {
        self.blanks();
        if self.rest().is_empty() { Ok(()) } else { self.unexpected("`and`, `or` or the end") }
    }

    pub(super) fn unexpected<T>(&self, expected: &str) -> PathResult<T> {
        let Some(found) = self.rest().chars().next() else {
            return self.refuse(format!("the text ends where {expected} should follow"));
        };
        let advice = match found {
            ']' | ')' => return self.refuse(format!("`{found}` closes nothing: take it out")),
            '|' => "; for alternatives write a list of paths",
            '=' | '!' => "; comparisons stand in `[…]` or in `where`",
            ' ' => "; a path has no blanks",
            '(' => "; functions are not supported",
            _ => "",
        };
        self.refuse(format!("expected {expected}, found `{}`{advice}", found.escape_debug()))
    }
}
