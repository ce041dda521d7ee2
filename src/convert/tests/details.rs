//! `explode`: one row per detail, also where there is none, and what values mean then.

use super::*;

const CAMT: &str = "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt>
<Stmt><Id>S1</Id><Acct><Id><IBAN>CH93</IBAN></Id></Acct>
<Ntry><NtryRef>N1</NtryRef><Amt Ccy='CHF'>10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>
<Ntry><NtryRef>N2</NtryRef><Amt Ccy='EUR'>20.0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
 <NtryDtls><TxDtls><Refs><AcctSvcrRef>T1</AcctSvcrRef></Refs></TxDtls></NtryDtls><AcctSvcrRef>A2</AcctSvcrRef></Ntry>
<Ntry><NtryRef>N3</NtryRef><Amt Ccy='EUR'>30</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <NtryDtls><TxDtls><Refs><AcctSvcrRef>T2</AcctSvcrRef></Refs><Amt>12</Amt></TxDtls>
  <TxDtls><Amt>18</Amt></TxDtls></NtryDtls><AcctSvcrRef>A3</AcctSvcrRef></Ntry>
<Ntry><NtryRef>N4</NtryRef><Amt Ccy='EUR'>40</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>";

const CAMT_FEED: &str = r#"
[xml]
row = "Stmt/Ntry"
explode = "NtryDtls/TxDtls"
root = "Document"
where = "Sts = 'BOOK' or Sts/Cd = 'BOOK'"
[[column]]
name = "reference"
path = ["NtryDtls/TxDtls/Refs/AcctSvcrRef", "AcctSvcrRef", "NtryRef"]
key = true
[[column]]
name = "iban"
path = ["../Acct/Id/IBAN", "../Acct/Id/Othr/Id"]
[[column]]
name = "amount"
path = ["NtryDtls/TxDtls/Amt", "Amt"]
type = "decimal"
sign = { path = "CdtDbtInd", negative = ["DBIT"] }
[[column]]
name = "currency"
path = "Amt/@Ccy"
[[column]]
name = "all_refs"
path = "/Document/BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef"
"#;

#[test]
fn entries_with_no_one_and_two_details() {
    let done = converted(&feed(CAMT_FEED), CAMT);
    assert_eq!(
        done.rows(),
        ["N1|CH93|-10|CHF|", "T1|CH93|20|EUR|T1", "T2|CH93|12|EUR|T2", "A3|CH93|18|EUR|"],
        "the last column is the current detail's, also by an absolute path"
    );
    assert_eq!((done.converted.elements, done.converted.records, done.converted.filtered), (4, 5, 1));
    let ids: Vec<String> = done.records().into_iter().map(|record| record[0].clone()).collect();
    assert_eq!(ids, ["3000000000001", "3000000000002", "3000000000003", "3000000000004"]);
}

#[test]
fn a_filter_can_concern_the_detail() {
    let text = CAMT_FEED.replace("Sts = 'BOOK' or Sts/Cd = 'BOOK'", "NtryDtls/TxDtls/Amt = '18'");
    assert_eq!(converted(&feed(&text), CAMT).rows(), ["A3|CH93|18|EUR|"]);
}

#[test]
fn what_counts_can_depend_on_the_details() {
    // The entry's amount is that of its only detail; of several it says nothing. The detail's sign goes with its amount.
    let text = CAMT_FEED
        .replace(
            r#""NtryDtls/TxDtls/Amt", "Amt""#,
            r#""NtryDtls/TxDtls/Amt", ".[not(NtryDtls/TxDtls[2])]/Amt""#,
        )
        .replace("path = \"CdtDbtInd\"", "path = [\"NtryDtls/TxDtls[Amt]/CdtDbtInd\", \"CdtDbtInd\"]");
    let xml = CAMT
        .replace("<Amt>12</Amt>", "<CdtDbtInd>DBIT</CdtDbtInd>")
        .replace("<Amt>18</Amt>", "<Amt>18</Amt><CdtDbtInd>DBIT</CdtDbtInd>")
        .replace("T1</AcctSvcrRef></Refs>", "T1</AcctSvcrRef></Refs><CdtDbtInd>DBIT</CdtDbtInd>");
    assert_eq!(
        converted(&feed(&text), xml).rows(),
        ["N1|CH93|-10|CHF|", "T1|CH93|20|EUR|T1", "T2|CH93||EUR|T2", "A3|CH93|-18|EUR|"]
    );
}

const DEMO: &str = "<?xml version='1.0' encoding='UTF-8'?>
<ACCOUNTBALANCE FileName='B20240506.xml' FileDate='2024-05-06' NumberOfAccounts='3'>
 <ACCOUNT>
  <CARD><CARDID>1</CARDID><PRIMARY>Y</PRIMARY><TEST></TEST><CARDSTATUS>01</CARDSTATUS><EXPIRYDATE>2026-01-31</EXPIRYDATE></CARD>
  <ACCOUNTNUMBER>0001230</ACCOUNTNUMBER><CURRENCYCODE>978</CURRENCYCODE>
  <CARD><EXPIRYDATE>2027-01-31</EXPIRYDATE><CARDSTATUS>00</CARDSTATUS><PRIMARY>N</PRIMARY><CARDID>2</CARDID><TEST/></CARD>
  <BALANCE>-0010.50</BALANCE>
 </ACCOUNT>
 <ACCOUNT><ACCOUNTNUMBER>0000000</ACCOUNTNUMBER><CURRENCYCODE>756</CURRENCYCODE><BALANCE>7</BALANCE></ACCOUNT>
 <ACCOUNT><ACCOUNTNUMBER>0000009</ACCOUNTNUMBER><CURRENCYCODE>036</CURRENCYCODE><BALANCE>0.00</BALANCE>
  <CARD><CARDID>3</CARDID><PRIMARY>Y</PRIMARY><TEST>T</TEST><CARDSTATUS>99</CARDSTATUS></CARD></ACCOUNT>
</ACCOUNTBALANCE>
";

const DEMO_FEED: &str = r#"
[xml]
root = "ACCOUNTBALANCE"
row = "ACCOUNT"
explode = "CARD"
[[column]]
name = "account"
path = "ACCOUNTNUMBER"
key = true
[[column]]
name = "card"
path = "CARD/CARDID"
key = true
[[column]]
name = "currency"
path = "CURRENCYCODE"
[[column]]
name = "balance"
path = "BALANCE"
type = "decimal"
[[column]]
name = "is_primary"
path = "CARD/PRIMARY"
type = "boolean"
[[column]]
name = "test"
path = "CARD/TEST"
[[column]]
name = "status"
path = "CARD/CARDSTATUS"
[[column]]
name = "expires"
path = "CARD/EXPIRYDATE"
type = "date"
[[column]]
name = "day"
path = "../@FileDate"
type = "date"
[[control]]
name = "accounts"
path = "/ACCOUNTBALANCE/@NumberOfAccounts"
equals = "count"
on_failure = "refuse"
"#;

#[test]
fn accounts_with_cards() {
    let done = converted(&feed(DEMO_FEED), DEMO);
    assert_eq!(
        done.rows(),
        [
            "0001230|1|978|-10.5|1||01|2026-01-31|2024-05-06",
            "0001230|2|978|-10.5|0||00|2027-01-31|2024-05-06",
            "0000000||756|7|||||2024-05-06",
            "0000009|3|036|0|1|T|99||2024-05-06",
        ]
    );
    assert_eq!(done.converted.controls[0].outcome, "passed");
    assert!(done.converted.warnings.is_empty());
}

#[test]
fn every_prefix_is_refused() {
    for (feed_text, xml) in [(DEMO_FEED, DEMO), (CAMT_FEED, CAMT)] {
        let feed = feed(feed_text);
        let whole = xml.trim_end().len();
        for length in 0..whole {
            let message = refusal(&feed, &xml.as_bytes()[..length]);
            let expected = if length == 0 { "empty" } else { "truncated" };
            assert!(message.contains(expected), "{length}: {message}");
        }
        assert!(try_convert(&feed, &xml.as_bytes()[..whole]).is_ok());
    }
}

#[test]
fn the_same_bytes_in_utf16() {
    let feed = feed(DEMO_FEED);
    let expected = converted(&feed, DEMO);
    let bytes: Vec<u8> =
        "\u{feff}".encode_utf16().chain(DEMO.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(converted(&feed, bytes).csv, expected.csv);
}

#[test]
fn many_details_take_linear_time() {
    let cards = (0..30_000).fold(String::new(), |mut cards, n| {
        let _ = write!(cards, "<CARD><CARDID>{n}</CARDID></CARD>");
        cards
    });
    let text = DEMO_FEED
        .replace("CURRENCYCODE", "CODE[@x]")
        .replace("explode = \"CARD\"", "explode = \"CARD\"\nwhere = \"not(CLOSED = 'Y')\"");
    let xml = format!(
        "<ACCOUNTBALANCE><ACCOUNT><ACCOUNTNUMBER>1</ACCOUNTNUMBER>{cards}</ACCOUNT></ACCOUNTBALANCE>"
    );
    let begun = std::time::Instant::now();
    assert_eq!(converted(&feed(&text), xml).converted.rows, 30_000);
    assert!(begun.elapsed().as_secs() < 20, "took {:?}", begun.elapsed());
}
