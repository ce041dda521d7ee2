//! Files that would cost memory or time out of all proportion.

use super::*;

const DETAILS: &str = "
    [xml]
    row = 'r'
    explode = 'd'
    where = \"@x or b\"
    [[column]]
    name = 'k'
    key = true
    path = 'd/@k'
    [[column]]
    name = 'v'
    path = ['d/v', \"p[@q='2']\", 'b']
";

#[test]
fn what_details_share_is_found_once() {
    let details: String = (0..4000).map(|n| format!("<d k='{n}'/>")).collect();
    let xml = |rest: &str| format!("<l><r>{details}<p q='1'>one</p>{rest}<b>bee</b></r></l>");
    let done = converted(&feed(DETAILS), xml("<p q='2'>two</p>"));
    assert_eq!(done.converted.rows, 4000);
    assert!(done.rows().iter().all(|row| row.ends_with("|two")));
    // What one row element shares is not what the next one does.
    let two = "<l><r><d k='1'/><p q='2'>x</p><b>b</b></r><r><d k='2'/><b>y</b></r><r><d k='3'><v>z</v></d><b>b</b></r></l>";
    assert_eq!(converted(&feed(DETAILS), two).rows(), ["1|x", "2|y", "3|z"]);
}

#[test]
fn details_that_multiply_are_refused() {
    let tables = DETAILS.replace("'b']", "'b']\nrepeat = 'join'").replace("\"p[@q='2']\"", "'p'");
    let inside = format!("{}{}", "<d k='1'/>".repeat(8000), "<p>x</p>".repeat(8000));
    let message = refusal(&feed(&tables), format!("<l><r><b>b</b>{inside}</r></l>"));
    assert!(message.contains("look at the same elements of this file again and again"), "{message}");
}

const BESIDE: &str = "
    [xml]
    row = 'r'
    [[column]]
    name = 'k'
    key = true
    path = '@k'
    [[column]]
    name = 'z'
    path = '../c/z'
";

#[test]
fn elements_without_values_between_rows_are_not_kept() {
    let mut feed = feed(BESIDE);
    feed.xml.limits.row = 1024;
    let between = "<r k='1'/><c><y/></c><c/>".repeat(2000);
    let done = converted(&feed, format!("<l><c><z>first</z></c>{between}</l>"));
    assert_eq!(done.converted.rows, 2000);
    assert!(done.rows().iter().all(|row| row == "1|first"));
    let message = refusal(&feed, format!("<l><c/>{between}<c><z>late</z></c></l>"));
    assert!(message.contains("a value of ../c/z stands after a row that needs it"), "{message}");
    // Where positions count, such elements do.
    let second = plain("row = 'r'", &[("k", "@k"), ("z", "../c[2]/z")]);
    assert_eq!(converted(&second, "<l><c/><c><z>two</z></c><r k='1'/></l>").rows(), ["1|two"]);
}
