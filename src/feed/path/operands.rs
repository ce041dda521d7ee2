//! What follows a path in a condition: an operator, and what the path's values are compared with.
//!
//! ```text
//! comparison = ("=" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "(" literal {"," literal} ")"
//! operand    = literal | path
//! literal    = quoted | number | ":" name
//! number     = ["+" | "-"] digits ["." digits]
//! ```

use super::{
    parser::{Parser, PathResult, refuse_at},
    types::{Condition, Operand, Operator, Path},
};

const OPERATORS: [(&str, Operator); 6] = [
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Less),
    (">", Operator::More),
    ("==", Operator::Equal),
    ("=", Operator::Equal),
];

impl Parser<'_> {
    /// The rest of a condition that begins with this path.
    pub(super) fn comparison(&mut self, path: Path) -> PathResult<Condition> {
        self.blanks();
        if self.eat("!=") {
            let operand = self.operand()?;
            return Ok(opposite(Condition::Compares(path, Operator::Equal, vec![operand])));
        }
        if self.rest().starts_with("<>") {
            return self.refuse("write `!=`");
        }
        if self.rest().starts_with('~') {
            return self.refuse("patterns are not possible here; compare by = != < <= > >= in (…)");
        }
        if let Some((_, operator)) = OPERATORS.iter().find(|(sign, _)| self.eat(sign)) {
            return Ok(Condition::Compares(path, *operator, vec![self.operand()?]));
        }
        let start = self.offset();
        let negated = self.word("not");
        if self.word("in") {
            let one_of = Condition::Compares(path, Operator::Equal, self.list()?);
            return Ok(if negated { opposite(one_of) } else { one_of });
        }
        self.back_to(start);
        Ok(Condition::Exists(path))
    }

    fn list(&mut self) -> PathResult<Vec<Operand>> {
        self.blanks();
        let open = self.offset();
        if !self.eat("(") {
            return self.refuse("`in` takes a list: `in ('A', 'B')`");
        }
        let mut items = Vec::new();
        loop {
            match self.literal()? {
                Some(item) => items.push(item),
                None => return self.refuse("a list holds quoted texts, numbers and :parameters"),
            }
            self.blanks();
            if self.eat(")") {
                break;
            }
            if !self.eat(",") {
                return self.unexpected("`,` or `)`");
            }
        }
        let number = |item: &Operand| matches!(item, Operand::Number(_));
        if items.iter().any(number) && items.iter().any(|item| matches!(item, Operand::Text(_))) {
            return refuse_at(open, "a list holds texts or numbers: write all with quotes, or none");
        }
        Ok(items)
    }

    fn operand(&mut self) -> PathResult<Operand> {
        if let Some(literal) = self.literal()? {
            return Ok(literal);
        }
        let start = self.offset();
        if self.rest().is_empty() || self.rest().starts_with([')', ']']) {
            return self
                .refuse("a path is compared with quoted text, a number, a :parameter or another path");
        }
        self.behind = true;
        let path = self.path();
        self.behind = false;
        let path = path?;
        let bare = !path.absolute && path.up == 0 && path.attribute.is_none() && path.steps.len() == 1;
        if bare && !path.text.starts_with('.') {
            let name = &path.text;
            return refuse_at(start, format!("write \'{name}\' for the text, or ./{name} for the element"));
        }
        Ok(Operand::Path(path))
    }

    /// Quoted text, a number or a parameter; `None`: something else.
    fn literal(&mut self) -> PathResult<Option<Operand>> {
        self.blanks();
        let rest = self.rest();
        if rest.starts_with(['\'', '"']) {
            return Ok(Some(Operand::Text(self.quoted()?)));
        }
        if let Some(name) = rest.strip_prefix(':') {
            let length =
                name.len() - name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            if length == 0 || name.starts_with(|c: char| c.is_ascii_digit()) {
                return self.refuse("a parameter is written as a name, like :from");
            }
            self.eat(&rest[..=length]);
            return Ok(Some(Operand::Parameter(name[..length].to_owned())));
        }
        let digits = rest.trim_start_matches(['+', '-']);
        if !digits.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit())
            || digits.starts_with("..")
        {
            return Ok(None);
        }
        let length = rest.find([' ', '\t', '\n', '\r', ',', ')', ']']).unwrap_or(rest.len());
        let written = &rest[..length];
        if crate::canonical::number::decimal(written, &mut Vec::new()).is_err() {
            let what = format!("`{written}` is no number; write it like 1234.50, or in quotes as a text");
            return self.refuse(what);
        }
        self.eat(written);
        Ok(Some(Operand::Number(written.to_owned())))
    }
}

fn opposite(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}
