//! What came of each control so far: how many of its scopes held, which failed and how, or that the file is refused.

use crate::{
    convert::{
        location::Location,
        paths::CompiledControl,
        rows::{
            codes::Codes,
            judge::{EndedScope, Judgement},
            tally::{Groups, NO_GROUP},
        },
    },
    error::{Code, Result, printable},
    feed::{Absent, Control},
    model::{ControlCheck, ControlExample, ControlSummary},
};

/// All of them, per control in order.
pub(super) struct Outcomes<'r> {
    checks: &'r [CompiledControl<'r>],
    pub summaries: Vec<ControlSummary>,
    /// How many `per` elements have ended.
    ordinals: Vec<u64>,
    /// Sign codes of its numbers that no list names.
    codes: Vec<Codes>,
}

impl<'r> Outcomes<'r> {
    /// `file`: the name of the document.
    pub fn new(checks: &'r [CompiledControl<'r>], file: &str) -> Self {
        let summaries = checks.iter().map(|check| ControlSummary::new(&check.control.name, file));
        Self {
            checks,
            summaries: summaries.collect(),
            ordinals: vec![0; checks.len()],
            codes: vec![Codes::default(); checks.len()],
        }
    }

    /// A scope of this control has ended, and counts; the scope of the whole file has no number.
    pub fn judge(&mut self, check: usize, ended: &EndedScope<'_>, place: Location<'_>) -> Result<()> {
        self.ordinals[check] += u64::from(self.checks[check].per.is_some());
        let (summary, codes, ordinal) =
            (&mut self.summaries[check], &mut self.codes[check], self.ordinals[check]);
        ended.judge(|one| {
            codes.see(&ended.unlisted(one.group));
            codes.count();
            remember(summary, (ended.control, ended.names), ordinal, one, place)
        })
    }

    /// The file, of so many rows, has ended: names the controls whose `per` never occurred.
    pub fn finish(&mut self, rows: u64, names: &Groups, place: Location<'_>) -> Result<()> {
        for ((check, summary), ordinal) in self.checks.iter().zip(&mut self.summaries).zip(&self.ordinals) {
            let control = check.control;
            let Some(per) = control.per.as_ref().filter(|_| *ordinal == 0) else { continue };
            if control.over_run {
                continue;
            }
            let expected = rows > 0 && control.absent != Absent::Accept;
            let checked = if expected { ControlCheck::NotDeclared } else { ControlCheck::Skipped };
            let problem = format!("there is no {} to check", per.text);
            let none =
                Judgement { checked, group: NO_GROUP, declared: None, counted: String::new(), problem };
            remember(summary, (control, names), 0, none, place)?;
        }
        Ok(())
    }

    /// What a person should know of the controls' own feed.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.checks.iter().zip(&self.codes).filter_map(|(check, codes)| {
            let (name, codes) = (&check.control.name, codes.told()?);
            Some(format!(
                "control {name:?}: sign took codes as positive that no list names, in so many numbers: {}; name them in \
                 positive, and others fail the control",
                printable(&codes)
            ))
        })
    }
}

/// Remembers what came of one group of a scope, or refuses the file.
fn remember(
    summary: &mut ControlSummary,
    (control, names): (&Control, &Groups),
    ordinal: u64,
    one: Judgement,
    place: Location<'_>,
) -> Result<()> {
    if control.over_run && one.checked != ControlCheck::Failed {
        summary.add_up(one.declared.as_deref(), &one.counted, place.name);
        return Ok(());
    }
    let whose = if ordinal > 0 { format!(" of element {ordinal}") } else { String::new() };
    let (name, problem) = (&control.name, &one.problem);
    if one.checked == ControlCheck::Failed && control.refuse {
        let what = format!("control {name:?}{whose} failed: {problem}");
        return Err(place.refused(Code::ControlFailed, what));
    }
    if one.checked == ControlCheck::NotDeclared && control.absent == Absent::Refuse {
        let what = format!("control {name:?}{whose} cannot be checked: {problem}");
        return Err(place.refused(Code::ControlAbsent, what));
    }
    let example = ControlExample {
        file: place.name.to_owned(),
        ordinal,
        line: place.line,
        group: names.name(one.group).to_owned(),
        declared: one.declared,
        counted: one.counted,
        problem: one.problem,
    };
    summary.add(one.checked, example);
    Ok(())
}
