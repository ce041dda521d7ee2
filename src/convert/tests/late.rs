//! What stands after its rows, look-ups, raw sub-trees, ordinals, and several row sets in one pass.

use super::*;

const LATE: &str = "
    [xml]
    row = 't'
    [[column]]
    name = 'id'
    key = true
    path = '@id'
    [[column]]
    name = 'balance'
    path = '../../bal'
    late = true
";

#[test]
fn a_late_value_takes_a_second_pass() {
    let xml = "<d><s><l><t id='1'/><t id='2'/></l><bal>7</bal></s><s><bal>8</bal><l><t id='3'/></l></s>\
               <s><l><t id='4'/></l></s></d>";
    assert_eq!(converted(&feed(LATE), xml).rows(), ["1|7", "2|7", "3|8", "4|"]);
    let message = refusal(&feed(&LATE.replace("late = true", "")), xml);
    assert!(message.contains("a value of ../../bal stands after a row that needs it"), "{message}");
}

#[test]
fn late_values_are_numbered_alike_in_both_passes() {
    // A row path with a condition that only the whole element shows, and a filter: neither shifts the numbers.
    let tables = LATE.replace("row = 't'", "row = \"t[x='y']\"\nwhere = \"@id != '2'\"");
    let group = |n: u32| {
        let x = if n.is_multiple_of(3) { "n" } else { "y" };
        format!("<s><l><t id='{n}'><x>{x}</x></t></l><bal>{n}0</bal></s>")
    };
    let xml = format!("<d>{}</d>", (1..=7).map(group).collect::<String>());
    assert_eq!(converted(&feed(&tables), xml).rows(), ["1|10", "4|40", "5|50", "7|70"]);
}

#[test]
fn late_values_are_bounded() {
    let mut feed = feed(LATE);
    feed.xml.limits.row = 1024;
    let group = "<s><l><t id='1'/></l><bal>0123456789</bal></s>".repeat(400);
    let message = refusal(&feed, format!("<d>{group}</d>"));
    assert!(message.contains("take more than 1024 bytes"), "{message}");
}

const PARTIES: &str = "
    [xml]
    row = 'trade'
    [[column]]
    name = 'id'
    key = true
    path = 'id'
    [[column]]
    name = 'buyer'
    path = 'buyer/@href'
    repeat = 'join'
    separator = '+'
    lookup = { in = 'party', id = '@id', value = ['name', 'code'] }
";

#[test]
fn references_are_looked_up_before_and_after() {
    let party = |id: &str, inner: &str| format!("<party id='{id}'>{inner}</party>");
    let xml = format!(
        "<d>{}<trade><id>1</id><buyer href='#a'/><buyer href='b'/></trade><trade><id>2</id></trade>\
         <trade><id>3</id><buyer href='c'/></trade>{}{}</d>",
        party("a", "<name>Acme &amp; Co</name>"),
        party("b", "<code>BB</code>"),
        party("c", ""),
    );
    assert_eq!(converted(&feed(PARTIES), &xml).rows(), ["1|Acme & Co+BB", "2|", "3|"]);
    let message = refusal(&feed(PARTIES), xml.replace("'#a'", "'#z'"));
    assert!(message.contains("\"#z\" names no entry"), "{message}");
    let message = refusal(&feed(PARTIES), xml.replace("id='c'", "id='a'"));
    assert!(message.contains("the id \"a\" and different values"), "{message}");
    let mut small = feed(PARTIES);
    small.xml.limits.row = 100;
    let many: String = (0..100).map(|n| party(&n.to_string(), "<name>n</name>")).collect();
    let message = refusal(&small, format!("<d>{many}</d>"));
    assert!(message.contains("take more than 100 bytes"), "{message}");
}

#[test]
fn blanks_around_a_looked_up_text_are_a_part_of_it() {
    let xml = "<d><trade><id>1</id><buyer href=' #a '/></trade><trade><id>2</id><buyer href='b'/></trade>\
               <party id=' a '><name> Acme </name></party><party id='b'><name> </name><code>BB</code></party></d>";
    assert_eq!(converted(&feed(PARTIES), xml).rows(), ["1| Acme ", "2| "]);
    let trimmed = PARTIES.replace("repeat =", "trim = true\n    repeat =");
    assert_eq!(converted(&feed(&trimmed), xml).rows(), ["1|Acme", "2|BB"]);
}

#[test]
fn a_sub_tree_can_be_kept_raw() {
    let tables = "
        [xml]
        row = 'r'
        [[column]]
        name = 'k'
        key = true
        path = '@k'
        [[column]]
        name = 'inner'
        path = 'x'
        raw = true
        [[column]]
        name = 'y'
        path = 'x/y'
        [[column]]
        name = 'whole'
        path = '.'
        raw = true
        compare = false
    ";
    let inner = "a &amp; <y a='1'>b<z/></y><!-- c --><![CDATA[<d>]]><?p i?>";
    let done = converted(&feed(tables), format!("<d><r k='1'><x q=''>{inner}</x></r><r k='2'/></d>"));
    assert_eq!(done.rows(), [format!("1|{inner}|b|<x q=''>{inner}</x>"), "2|||".to_owned()]);
    let mut small = feed(tables);
    small.xml.limits.text = 20;
    let message = refusal(&small, format!("<d><r k='1'><x>{}</x></r></d>", "<y/>".repeat(6)));
    assert!(message.contains("one value is longer than 20 bytes"), "{message}");
}

#[test]
fn rows_and_details_are_numbered() {
    let tables = "
        [xml]
        row = \"r[a != 'no']\"
        explode = 'd'
        [[column]]
        name = 'k'
        key = true
        path = '@k'
        [[column]]
        name = 'row'
        from = 'parent_row_number'
        [[column]]
        name = 'detail'
        from = 'detail_number'
        [[column]]
        name = 'all'
        from = 'row_number'
    ";
    let xml = "<l><g><r k='1'><a>no</a></r><r k='2'/><r k='3'><d/><d/></r></g><g><r k='4'/></g></l>";
    assert_eq!(converted(&feed(tables), xml).rows(), ["2|1|1|1", "3|2|1|2", "3|2|2|3", "4|1|1|4"]);
}

#[test]
fn rows_stand_in_the_wanted_namespace() {
    let tables = "row = 'r'\nnamespace = ['urn:x:camt.053.001.*', 'urn:y']";
    let feed = plain(tables, &[("k", "@k")]);
    for xml in [
        "<d xmlns='urn:x:camt.053.001.02'><r k='1'/></d>",
        "<e><p:d xmlns:p='urn:y'><p:r k='1'/></p:d></e>",
        "<e xmlns='urn:z'><d xmlns='urn:x:camt.053.001.13'><r k='1'/></d></e>",
    ] {
        assert_eq!(converted(&feed, xml).rows(), ["1"], "{xml}");
    }
    for (xml, found) in [
        ("<d xmlns='urn:x:camt.052.001.02'><r k='1'/></d>", "namespace urn:x:camt.052.001.02"),
        ("<d><r k='1'/></d>", "no namespace"),
        ("<d xmlns='urn:y'><a xmlns='urn:q'/><b xmlns=''><r k='1'/></b></d>", "no namespace"),
    ] {
        let message = refusal(&feed, xml);
        assert!(message.contains(&format!("the row element r is in {found}, not urn:x")), "{message}");
    }
}

#[test]
fn row_sets_share_a_pass_and_nothing_else() {
    let text = "
        [feed]
        name = 'both'
        [[set]]
        name = 'statements'
        row = 's'
        [[set.column]]
        name = 'id'
        key = true
        path = '@id'
        [[set.column]]
        name = 'closing'
        path = 'bal'
        [[set]]
        name = 'entries'
        row = 's/e'
        where = 'a'
        allow_empty = true
        [[set.column]]
        name = 'id'
        key = true
        path = '../@id'
        [[set.column]]
        name = 'amount'
        path = 'a'
        [[set.control]]
        name = 'all'
        path = '/d/n'
        equals = 'count'
    ";
    let feeds = feed::parse(text, Path::new("both.toml"), &|_| None).expect("a good feed");
    let names: Vec<_> = feeds.iter().map(|feed| (feed.name.as_str(), feed.set.as_deref())).collect();
    assert_eq!(names, [("both-statements", Some("statements")), ("both-entries", Some("entries"))]);
    let xml = "<d><s id='1'><bal>9</bal><e><a>1</a></e><e/></s><s id='2'><e><a>2</a></e><bal>3</bal></s><n>3</n></d>";
    let (stop, progress) = (Flag::default(), Progress::default());
    let document =
        Document { name: "x", changed: Changed::Unknown, bytes: 0, stop: &stop, progress: &progress };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut sinks = [Collected::default(), Collected::default()];
    let row_set = |(feed, folder): (Feed, &tempfile::TempDir)| {
        RowSet::new(feed, ChunkFolder::Kept(folder.path().to_owned()))
    };
    let sets: Vec<RowSet> = feeds.into_iter().zip(&folders).map(row_set).collect();
    let to = sets.iter().zip(&mut sinks).map(|(set, sink)| set.of_file(1, sink)).collect();
    let opened = std::cell::Cell::new(0);
    let open = || {
        opened.set(opened.get() + 1);
        Ok(xml.as_bytes())
    };
    let converted = convert(&document, to, open).expect("a good file");
    assert_eq!(opened.get(), 1, "one pass");
    assert_eq!(converted.iter().map(|one| (one.rows, one.filtered)).collect::<Vec<_>>(), [(2, 0), (2, 1)]);
    assert_eq!(converted[1].controls[0].outcome, "passed");
    let csv: Vec<String> =
        sinks.iter().map(|sink| fs::read_to_string(&sink.chunks[0].path).unwrap()).collect();
    assert!(csv[0].contains("\"1\",\"9\"\n") && csv[0].contains("\"2\",\"3\"\n"), "{}", csv[0]);
    assert!(csv[1].contains("\"1\",\"1\"\n") && csv[1].contains("\"2\",\"2\"\n"), "{}", csv[1]);
}
