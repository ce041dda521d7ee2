//! As what the two sides of a comparison are read: as the column that has the path, else as the literal says.

use super::{
    compare::says_offset,
    compile::kind,
    compiler::Compiler,
    route::{Comparing, OtherSide, Route, ValueReading},
    typed::CompiledKind,
};
use crate::{
    canonical::{
        number::{self, DecimalSign},
        time::{self, Reading},
    },
    error::{Code, Error, Place},
    feed::{
        Column, Kind, TextOptions,
        path::{Operand, Operator},
    },
};

const NO_ZONE: Reading = Reading { format: None, zone: None };

/// What a text can be read as without a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LiteralForm {
    Number,
    Date,
    Timestamp,
    Other,
}

/// A literal, after parameters have their values.
struct Literal<'c> {
    text: String,
    form: LiteralForm,
    /// The parameter that it is the value of.
    parameter: Option<&'c str>,
    /// It stands in quotes.
    quoted: bool,
}

fn form(text: &str) -> LiteralForm {
    let date = text.len() == 10 && time::date(text, &NO_ZONE, &mut Vec::new()).is_ok();
    let timestamp = || text.len() > 10 && text[10..].starts_with(['T', 't', ' ']);
    if date {
        LiteralForm::Date
    } else if text.is_char_boundary(10.min(text.len()))
        && timestamp()
        && time::timestamp(text, &NO_ZONE, &mut Vec::new()).is_ok()
    {
        LiteralForm::Timestamp
    } else if number::decimal(text, &mut Vec::new()).is_ok() {
        LiteralForm::Number
    } else {
        LiteralForm::Other
    }
}

fn plain(kind: CompiledKind) -> ValueReading {
    let offset = None;
    ValueReading::Typed { kind, text: Box::default(), decimal: DecimalSign::default(), offset }
}

fn as_column(column: &Column, kind: CompiledKind) -> ValueReading {
    let text = TextOptions { trim: true, ..column.text.clone() };
    ValueReading::Typed { kind, text: Box::new(text), decimal: column.number.decimal, offset: None }
}

fn form_of(kind: &Kind) -> LiteralForm {
    match kind {
        Kind::Integer | Kind::Decimal => LiteralForm::Number,
        Kind::Date { .. } => LiteralForm::Date,
        Kind::Timestamp { .. } => LiteralForm::Timestamp,
        Kind::Text | Kind::Boolean => LiteralForm::Other,
    }
}

impl<'f> Compiler<'f> {
    /// The comparison of `left` with the operands; `paths` are the routes of those that are paths.
    pub(super) fn compared(
        &mut self,
        left: Route,
        operator: Operator,
        operands: &[Operand],
        mut paths: Vec<Route>,
    ) -> Comparing {
        let literals: Vec<Literal<'_>> =
            operands.iter().filter_map(|operand| self.literal(operand)).collect();
        let chosen = match (operator, paths.first()) {
            (Operator::Equal, Some(_)) => Ok((ValueReading::Text, ValueReading::Text)),
            (Operator::Equal, None) => Ok(self.equality(&left, operands)),
            (_, Some(other)) => self.order_of_paths(&left, other),
            (_, None) => literals.first().map_or(Ok((ValueReading::Text, ValueReading::Text)), |literal| {
                self.order(&left, literal).map(|reading| (reading, ValueReading::Text))
            }),
        };
        let shown = |what: &str| format!("the condition on {} {}: {what}", left.text, operator.sign());
        let (reading, other_reading) = chosen.unwrap_or_else(|what| {
            match literals.first().and_then(|literal| literal.parameter) {
                Some(name) => self.refuse_parameter(name, &shown(&what)),
                None => self.mistakes.push(shown(&what)),
            }
            (ValueReading::Text, ValueReading::Text)
        });
        let mut right: Vec<OtherSide> = Vec::new();
        for literal in &literals {
            match value(literal, &reading) {
                Ok(text) => right.push(OtherSide::Value(text)),
                Err(what) => match literal.parameter {
                    Some(name) => self.refuse_parameter(name, &shown(&what)),
                    None => self.mistakes.push(shown(&what)),
                },
            }
        }
        right.extend(paths.drain(..).map(OtherSide::Path));
        let reading = wanting_offset(reading, literals.first());
        Comparing { left, operator, right, reading, other_reading }
    }

    fn literal<'c>(&mut self, operand: &'c Operand) -> Option<Literal<'c>> {
        Some(match operand {
            Operand::Path(_) => return None,
            Operand::Text(text) => {
                let text = text.trim().to_owned();
                Literal { form: form(&text), text, parameter: None, quoted: true }
            }
            Operand::Number(text) => {
                Literal { text: text.clone(), form: LiteralForm::Number, parameter: None, quoted: false }
            }
            Operand::Parameter(name) => {
                self.parameters.insert(name.clone());
                let Some(text) = self.feed.parameters.get(name) else {
                    self.refusals.push(
                        Error::new(Code::NoParameter, format!("[xml] uses :{name}, which has no value"))
                            .at(Place::file(&self.feed.file.display().to_string()))
                            .with_hint(format!("give it one: --set {name}=VALUE")),
                    );
                    return None;
                };
                let text = text.trim().to_owned();
                Literal { form: form(&text), text, parameter: Some(name), quoted: false }
            }
        })
    }

    fn refuse_parameter(&mut self, name: &str, what: &str) {
        let value = self.feed.parameters.get(name).map_or("", String::as_str);
        let what = format!("--set {name}={value}: {what}");
        self.refusals.push(Error::new(Code::BadParameter, what));
    }

    /// The columns that have the path.
    fn columns(&self, route: &Route) -> Vec<&'f Column> {
        let ends =
            self.column_ends.iter().filter(|(at, value, _)| Some(*at) == route.end && *value == route.value);
        ends.map(|(.., n)| &self.feed.columns[*n]).collect()
    }

    fn compiled(&self, column: &Column) -> Result<CompiledKind, String> {
        kind(self.feed, column).map_err(|error| error.to_string())
    }

    /// Texts are equal as texts, numbers without quotes as numbers.
    fn equality(&self, left: &Route, operands: &[Operand]) -> (ValueReading, ValueReading) {
        let reading = if operands.iter().any(|operand| matches!(operand, Operand::Number(_))) {
            let column =
                self.columns(left).into_iter().find(|column| form_of(&column.kind) == LiteralForm::Number);
            column.map_or_else(
                || plain(CompiledKind::Decimal),
                |column| as_column(column, CompiledKind::Decimal),
            )
        } else {
            ValueReading::Text
        };
        (reading, ValueReading::Text)
    }

    /// As what a path is read that is compared with a literal by its order.
    fn order(&self, left: &Route, literal: &Literal<'_>) -> Result<ValueReading, String> {
        let columns = self.columns(left);
        let fits = |column: &&&Column| match (form_of(&column.kind), literal.form) {
            // A day is compared with the day of a time.
            (LiteralForm::Timestamp, LiteralForm::Date) => true,
            (column, literal) => column == literal && column != LiteralForm::Other,
        };
        if let Some(column) = columns.iter().find(fits) {
            let kind = match (self.compiled(column)?, literal.form) {
                (CompiledKind::Timestamp(reading), LiteralForm::Date) => CompiledKind::Date(reading),
                (kind, _) => kind,
            };
            return Ok(as_column(column, kind));
        }
        if let Some(column) = columns.iter().find(|column| column.kind != Kind::Text) {
            let expected = match column.kind {
                Kind::Integer | Kind::Decimal => "compare it with a number, like 100.50",
                Kind::Date { .. } => "compare it with a date, like '2026-01-31'",
                Kind::Timestamp { .. } => "compare it with a date or a time, like '2026-01-31T12:00:00'",
                Kind::Text | Kind::Boolean => "it has no order: compare it by = or !=",
            };
            return Err(format!("column {} is of type {}: {expected}", column.name, column.kind.name()));
        }
        match literal.form {
            LiteralForm::Number if !literal.quoted => Ok(plain(CompiledKind::Decimal)),
            LiteralForm::Number => Err(format!("write {} without quotes, to compare numbers", literal.text)),
            LiteralForm::Date => Ok(plain(CompiledKind::Date(NO_ZONE))),
            LiteralForm::Timestamp => Ok(plain(CompiledKind::Timestamp(NO_ZONE))),
            LiteralForm::Other => {
                Err("texts have no order: compare with a number, a date or a time, like 100.50, \
                 '2026-01-31' or '2026-01-31T12:00:00'"
                    .to_owned())
            }
        }
    }

    /// As what two paths are read that are compared by their order.
    fn order_of_paths(&self, left: &Route, right: &Route) -> Result<(ValueReading, ValueReading), String> {
        let ordered = |route| {
            self.columns(route).into_iter().find(|column| form_of(&column.kind) != LiteralForm::Other)
        };
        let (one, other) = (ordered(left), ordered(right));
        let (Some(mine), Some(theirs)) = (one.or(other), other.or(one)) else {
            return Err(format!(
                "nothing says as what it is compared with {}: give a column with a type one of the paths",
                right.text
            ));
        };
        let (mine_kind, theirs_kind) = (self.compiled(mine)?, self.compiled(theirs)?);
        let (mine_kind, theirs_kind) = match (form_of(&mine.kind), form_of(&theirs.kind)) {
            (a, b) if a == b => (mine_kind, theirs_kind),
            // A time is compared with a day by its day.
            (LiteralForm::Date | LiteralForm::Timestamp, LiteralForm::Date | LiteralForm::Timestamp) => {
                (by_day(mine_kind), by_day(theirs_kind))
            }
            _ => {
                return Err(format!(
                    "column {} is of type {}, and column {} of type {}",
                    mine.name,
                    mine.kind.name(),
                    theirs.name,
                    theirs.kind.name()
                ));
            }
        };
        Ok((as_column(mine, mine_kind), as_column(theirs, theirs_kind)))
    }
}

fn by_day(kind: CompiledKind) -> CompiledKind {
    match kind {
        CompiledKind::Timestamp(reading) => CompiledKind::Date(reading),
        kind => kind,
    }
}

/// A time that says its offset is compared with times that do, unless the column has a zone or a format.
fn wanting_offset(reading: ValueReading, literal: Option<&Literal<'_>>) -> ValueReading {
    match (reading, literal) {
        (
            ValueReading::Typed {
                kind: kind @ CompiledKind::Timestamp(Reading { format: None, zone: None }),
                text,
                decimal,
                ..
            },
            Some(literal),
        ) => ValueReading::Typed { kind, text, decimal, offset: Some(says_offset(&literal.text)) },
        (reading, _) => reading,
    }
}

/// The literal as values are read that are compared with it.
fn value(literal: &Literal<'_>, reading: &ValueReading) -> Result<String, String> {
    let ValueReading::Typed { kind, .. } = reading else { return Ok(literal.text.clone()) };
    let mut out = Vec::new();
    let text = literal.text.as_str();
    match kind {
        CompiledKind::Date(_) => time::date(text, &NO_ZONE, &mut out),
        CompiledKind::Timestamp(Reading { zone, .. }) => {
            time::timestamp(text, &Reading { format: None, zone: zone.clone() }, &mut out)
        }
        _ => number::decimal(text, &mut out),
    }
    .map_err(|reason| format!("{text:?} {reason}"))?;
    // Canonical text is UTF-8.
    Ok(String::from_utf8(out).unwrap_or_default())
}
