//! Statements of the feeds that ship, night after night: numbers and balances go on, and pages come.

use crate::support::{Kind, Output, Place, on_every_server};

const OURS: &str = "
[ours]
table = \"bank\"
where = \"booked_on between :from and :to\"
[ours.columns]
account   = \"iban\"
statement = \"stmt\"
reference = \"ref\"
detail    = \"line_no\"
";

/// The feed as it ships, with our side.
fn place(kind: Kind) -> Place {
    let place = Place::new(kind);
    place.sql(
        "CREATE TABLE bank (iban varchar(34), stmt varchar(40), ref varchar(40), line_no integer,
         amount decimal(20, 2), currency varchar(3), booked_on date, value_on date)",
    );
    let shown = place.tieout(&["feeds", "show", "camt.053"]).stdout;
    let (above, _) = shown.split_once("# Our side").expect("our side");
    place.write("feed.toml", format!("{above}{OURS}"));
    place
}

/// One entry a statement; `balances`: kind and amount, signed.
struct Statement<'s> {
    id: &'s str,
    number: &'s str,
    page: Option<(u32, bool)>,
    account: &'s str,
    day: &'s str,
    balances: &'s [(&'s str, &'s str)],
    entry: &'s str,
}

const FIRST: Statement<'static> = Statement {
    id: "S-97",
    number: "000000000000000097",
    page: None,
    account: "XX00 TEST 0000 0000 01",
    day: "2026-03-02",
    balances: &[("OPBD", "100.00"), ("CLBD", "110.00")],
    entry: "10.00",
};

impl Statement<'_> {
    /// Writes the file, and what we know of it.
    fn arrives(&self, place: &Place, file: &str) {
        let signed = |amount: &str| match amount.strip_prefix('-') {
            Some(amount) => format!("<Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>"),
            None => format!("<Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"),
        };
        let Self { id, number, account, day, entry, .. } = self;
        let page = self.page.map_or_else(String::new, |(page, last)| {
            format!("<MsgPgntn><PgNb>{page}</PgNb><LastPgInd>{last}</LastPgInd></MsgPgntn>")
        });
        let number =
            if number.is_empty() { String::new() } else { format!("<ElctrncSeqNb>{number}</ElctrncSeqNb>") };
        let balances: String = (self.balances.iter())
            .map(|(kind, amount)| {
                let amount = signed(amount);
                format!("<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{amount}<Dt><Dt>{day}</Dt></Dt></Bal>")
            })
            .collect();
        place.write(
            file,
            format!(
                "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>\
                 {page}</GrpHdr><Stmt><Id>{id}</Id>{number}<CreDtTm>{day}T20:00:00</CreDtTm><Acct><Id><IBAN>{account}</IBAN>\
                 </Id></Acct>{balances}<Ntry>{}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>\
                 <AcctSvcrRef>{file}</AcctSvcrRef></Ntry></Stmt></BkToCstmrStmt></Document>",
                signed(entry)
            ),
        );
        let account = account.replace(' ', "");
        place.sql(&format!(
            "INSERT INTO bank VALUES ('{account}', '{id}', '{file}', 1, {entry}, 'EUR', '{day}', '{day}')"
        ));
    }
}

#[track_caller]
fn run(place: &Place, files: &[&str], from: &str, to: &str) -> Output {
    let (from, to) = (format!("from={from}"), format!("to={to}"));
    place.run(&[files, &["--set", &from, "--set", &to]].concat())
}

#[test]
fn a_statement_that_never_came_is_no_clean_day_though_nothing_breaks() {
    on_every_server(|kind| {
        let place = place(kind);
        FIRST.arrives(&place, "a.xml");
        run(&place, &["a.xml"], "2026-03-02", "2026-03-02").expect(0, &["TIED OUT"]);
        let third = Statement {
            id: "S-99",
            number: "99",
            account: "XX00TEST0000000001",
            day: "2026-03-04",
            balances: &[("OPBD", "135.00"), ("CLBD", "165.00")],
            entry: "30.00",
            ..FIRST
        };
        third.arrives(&place, "c.xml");
        run(&place, &["c.xml"], "2026-03-03", "2026-03-04").expect(
            1,
            &[
                "electronic sequence number 98 of account XX00TEST0000000001 is missing: a.xml has 97, c.xml has 99",
                "balance over statements of account XX00TEST0000000001, currency EUR: a.xml closes 97 with 110, c.xml \
                 opens 99 with 135: a difference of 25",
            ],
        );
        let second = Statement {
            id: "S-98",
            number: "0098",
            day: "2026-03-03",
            balances: &[("PRCD", "110.00"), ("CLBD", "135.00")],
            entry: "25.00",
            ..FIRST
        };
        second.arrives(&place, "b.xml");
        run(&place, &["b.xml"], "2026-03-03", "2026-03-03").expect(0, &["TIED OUT"]);
    });
}

#[test]
fn overdrafts_go_on_over_the_turn_of_the_year_and_other_accounts_are_no_matter() {
    let place = place(Kind::Sqlite);
    let (old, new) = ("2026-12-31", "2027-01-04");
    let last = Statement {
        number: "250",
        day: old,
        balances: &[("OPBD", "5.00"), ("CLBD", "-5.00")],
        entry: "-10.00",
        ..FIRST
    };
    last.arrives(&place, "old.xml");
    let other = Statement { account: "YY11", id: "S-1", number: "7", day: old, ..FIRST };
    other.arrives(&place, "other.xml");
    let first = Statement {
        id: "S-2027-1",
        number: "1",
        day: new,
        balances: &[("OPBD", "-5.00"), ("CLBD", "0.00")],
        entry: "5.00",
        ..FIRST
    };
    first.arrives(&place, "new.xml");
    run(&place, &["old.xml", "other.xml"], old, old).expect(0, &["TIED OUT"]);
    run(&place, &["new.xml"], new, new).expect(0, &["TIED OUT"]);
}

#[test]
fn a_statement_over_two_messages_is_whole_when_both_came() {
    on_every_server(|kind| {
        let pages = |place: &Place| {
            let one = Statement {
                number: "",
                page: Some((1, false)),
                balances: &[("OPBD", "100.00"), ("ITBD", "110.00")],
                ..FIRST
            };
            one.arrives(place, "a.xml");
            let two = Statement {
                number: "",
                page: Some((2, true)),
                balances: &[("ITBD", "110.00"), ("CLBD", "130.00")],
                entry: "20.00",
                ..FIRST
            };
            two.arrives(place, "b.xml");
        };
        let day = FIRST.day;
        for files in [["a.xml", "b.xml"], ["b.xml", "a.xml"]] {
            let place = place(kind);
            pages(&place);
            let both = run(&place, &files, day, day);
            both.expect(0, &["TIED OUT"]);
            assert!(!both.stdout.contains("failed"), "{kind:?}: {}", both.stdout);
        }
        // On two nights the first one waits for the second, which makes it whole.
        let place = place(kind);
        pages(&place);
        place.sql("DELETE FROM bank WHERE ref = 'b.xml'");
        let told = "message page 2 of account XX00TEST0000000001, statement S-97 has not come: a.xml has 1";
        run(&place, &["a.xml"], day, day).expect(1, &[told]);
        place.sql("UPDATE bank SET ref = 'b.xml', amount = 20");
        run(&place, &["b.xml"], day, day).expect(0, &["TIED OUT"]);
    });
}

#[test]
fn the_first_statement_of_a_year_is_compared_though_its_first_page_is_of_the_year_before() {
    on_every_server(|kind| {
        let place = place(kind);
        let (old, new) = ("2026-12-31", "2027-01-04");
        let last = Statement { number: "250", day: old, ..FIRST };
        last.arrives(&place, "250.xml");
        let one = Statement {
            id: "S-1",
            number: "1",
            page: Some((1, false)),
            day: old,
            balances: &[("OPBD", "777.00"), ("ITBD", "787.00")],
            ..FIRST
        };
        let two = Statement {
            page: Some((2, true)),
            day: new,
            balances: &[("ITBD", "787.00"), ("CLBD", "807.00")],
            entry: "20.00",
            ..one
        };
        run(&place, &["250.xml"], old, old).expect(0, &["TIED OUT"]);
        one.arrives(&place, "1a.xml");
        two.arrives(&place, "1b.xml");
        place.sql("DELETE FROM bank WHERE ref = '250.xml'");
        let both = run(&place, &["1a.xml", "1b.xml"], old, new);
        both.expect(1, &["250.xml closes 250 with 110, 1a.xml opens 1 with 777: a difference of 667"]);
        assert!(!both.stdout.contains("sequence number"), "{kind:?}: {}", both.stdout);
    });
}
