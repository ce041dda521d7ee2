//! Comparisons: what two values are read as, and how they stand to each other. How that is chosen is `measure`'s.

use super::{
    route::{Comparing, OtherSide, Route, ValueReading},
    select::Context,
    tree::{Tree, Unreadable},
    typed::{CompiledKind, UNMATCHED, apply, typed},
};
use crate::canonical::Refusal;
use bigdecimal::BigDecimal;
use std::{cmp::Ordering, str::FromStr};

impl Tree {
    /// Whether some value of the path stands so to some of the other side. A value that cannot be read is noted.
    pub(super) fn compares(&self, one: &Comparing, context: Context) -> bool {
        let mut found = false;
        self.select(&one.left, context, &mut |node| {
            let Some(at) = self.value(node, one.left.value) else { return true };
            let Some(left) = self.read(&one.reading, &one.left, self.text(at)) else { return true };
            found = one.right.iter().any(|other| match other {
                OtherSide::Value(right) => one.holds(&left, right),
                OtherSide::Path(route) => self.any_stands(one, &left, route, context),
            });
            !found
        });
        found
    }

    fn any_stands(&self, one: &Comparing, left: &str, route: &Route, context: Context) -> bool {
        let mut found = false;
        self.select(route, context, &mut |node| {
            let right = self.value(node, route.value).map(|at| self.text(at));
            let right = right.and_then(|text| self.read(&one.other_reading, route, text));
            found = right.is_some_and(|right| one.holds(left, &right));
            !found
        });
        found
    }

    /// The value as it is compared; `None`: there is none, or it cannot be read.
    fn read<'t>(
        &self,
        reading: &ValueReading,
        route: &Route,
        text: &'t str,
    ) -> Option<std::borrow::Cow<'t, str>> {
        let ValueReading::Typed { kind, text: options, decimal, offset } = reading else {
            return Some(text.trim_ascii().into());
        };
        let (mut made, mut other, mut out) = (String::new(), String::new(), Vec::new());
        let matched = apply(options, text.trim(), &mut made, &mut other);
        let value = made.trim();
        if value.is_empty() && matched {
            return None;
        }
        let result = match offset {
            _ if !matched => Err(UNMATCHED.into()),
            Some(wanted) if *wanted != says_offset(value) => Err(Refusal::from(if *wanted {
                "says no time zone, and what it is compared with does: give its column a timezone"
            } else {
                "says a time zone, and what it is compared with does not: write that with one, like 2026-01-31T00:00:00Z"
            })),
            _ => typed(kind, *decimal, value, &mut other, &mut out),
        };
        match result {
            // Canonical text is UTF-8.
            Ok(()) => Some(String::from_utf8(out).unwrap_or_default().into()),
            Err(reason) => {
                let (path, value) = (route.text.clone(), text.trim().to_owned());
                self.note_unreadable(Unreadable { path, value, reason });
                None
            }
        }
    }
}

impl Comparing {
    fn holds(&self, left: &str, right: &str) -> bool {
        let ValueReading::Typed { kind, .. } = &self.reading else {
            return self.operator.allows(left.cmp(right));
        };
        let order = match kind {
            CompiledKind::Integer | CompiledKind::Decimal => numbers(left, right),
            // Canonical dates and timestamps stand in the order of time.
            _ => Some(left.cmp(right)),
        };
        order.is_some_and(|order| self.operator.allows(order))
    }
}

fn numbers(left: &str, right: &str) -> Option<Ordering> {
    Some(BigDecimal::from_str(left).ok()?.cmp(&BigDecimal::from_str(right).ok()?))
}

/// Whether an ISO timestamp says its offset from UTC.
pub(super) fn says_offset(text: &str) -> bool {
    let time = text.get(10..).unwrap_or_default();
    time.ends_with(['Z', 'z']) || time.contains(['+', '-'])
}
