//! Windows and tokens: wherever a window ends, the tokens are the document.

use super::*;
use crate::convert::document::Progress;
use std::{io, sync::mpsc, thread};

/// Every token (line, offset, markup), and how the document ends.
fn read(input: impl Read + Send, limit: usize) -> (Vec<(u64, u64, String)>, Result<Location<'static>>) {
    let progress = Progress::default();
    let source = DecodingReader::open(input, "x.xml", &progress).unwrap();
    thread::scope(|scope| {
        let (messages, received) = mpsc::sync_channel(WAITING);
        let (back, emptied) = mpsc::channel();
        scope.spawn(move || Tokens::new(source, limit).run(&messages, &emptied));
        let mut found = Vec::new();
        for message in received {
            match message {
                Handed::Window(window) => {
                    found.extend(window.tokens.iter().map(|token| {
                        let place = window.place("x.xml", token);
                        (place.line, place.byte, window.markup(token).to_owned())
                    }));
                    let _ = back.send(window);
                }
                Handed::End(end) => {
                    let end = end.map(|end| Location { name: "x.xml", ..end.place });
                    return (found, end);
                }
            }
        }
        panic!("no end")
    })
}

#[test]
fn tokens_are_the_document_wherever_a_window_ends() {
    // A period that is no divisor of a window, so that one ends within every kind of token.
    let one = "<b\n></b\n><e a='>&gt;'\n>\u{feff}é\n&amp;\r\n<!-- > --><![CDATA[\n>]]><?p >?><f/></e\n>";
    let text = format!("<a>{}</a>", one.repeat(10 * WINDOW / one.len()));
    let (tokens, end) = read(text.as_bytes(), 100);
    assert_eq!(tokens.iter().map(|(.., markup)| markup.as_str()).collect::<String>(), text);
    let (mut at, mut newlines) = (0, 0);
    for (line, byte, markup) in &tokens {
        assert_eq!((*line, *byte), (newlines + 1, at));
        at += markup.len() as u64;
        newlines += count_newlines(markup.as_bytes());
    }
    let end = end.unwrap();
    assert_eq!((end.line, end.byte), (newlines + 1, at));
}

#[test]
fn a_token_may_be_longer_than_a_window() {
    for token in ["x".repeat(5 * WINDOW), format!("<!--{}-->", "y".repeat(3 * WINDOW))] {
        let text = format!("<a>{token}</a>");
        let (tokens, end) = read(text.as_bytes(), 10 * WINDOW);
        assert_eq!(tokens[1].2, token);
        assert!(tokens.len() == 3 && end.is_ok());
    }
}

#[test]
fn one_token_is_bounded() {
    let (_, end) = read(io::repeat(b'<'), 1 << 20);
    assert!(end.unwrap_err().to_string().contains("longer than 1048576 bytes"));
}

#[test]
fn elements_stay_open_over_windows() {
    let open = "<b>\n".repeat(WINDOW);
    let (_, end) = read(format!("<a>{open}{}</a>", "</b>".repeat(WINDOW)).as_bytes(), 100);
    assert!(end.is_ok());
    for (text, message) in [
        (
            format!("<a>{open}</a>"),
            "line 65537, byte 262147: not well-formed: expected `</b>`, but `</a>` was found",
        ),
        (
            format!("<a>{open}<"),
            "line 65537, byte 262147: the file is truncated: it ends with 65537 open elements",
        ),
        (
            format!("<a>{}</b>", " ".repeat(2 * WINDOW)),
            "not well-formed: expected `</a>`, but `</b>` was found",
        ),
        (
            format!("<a></a>{}</a>", " ".repeat(2 * WINDOW)),
            "not well-formed: close tag `</a>` does not match any open tag",
        ),
        (format!("<a>{open}<!x>"), "line 65537, byte 262147: not well-formed: `<!x>` is no markup"),
    ] {
        let message_of = read(text.as_bytes(), 1 << 20).1.unwrap_err().to_string();
        assert!(message_of.contains(message), "{message_of}");
    }
}
