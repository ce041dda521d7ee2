//! Any text is a feed or has mistakes, and a feed converts any document or says why not.

use super::conversion::run;
use std::path::Path;
use tieout::feed::{self, Feed};

/// Rows for feeds that look for what the seeds look for.
const DOCUMENT: &str = "<Document><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id><Bal><Amt Ccy='EUR'>1.5</Amt></Bal>\
    <Ntry k='1'><NtryRef>a</NtryRef><Amt Ccy='EUR'>2,5</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-01-31</Dt></BookgDt>\
    <NtryDtls><TxDtls><Refs><EndToEndId>x</EndToEndId></Refs></TxDtls><TxDtls/></NtryDtls></Ntry>\
    <Ntry k='2'><Amt Ccy='USD'>-7</Amt><r>31.01.2026</r></Ntry></Stmt></Document>";

/// Parses `bytes` as a feed and converts a document with it.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let environment = |name: &str| name.starts_with('X').then(|| format!("value of {name}"));
    match feed::parse(text, Path::new("feed.toml"), &environment) {
        Ok(feeds) => {
            let keyed = |feed: &Feed| feed.columns.iter().any(tieout::feed::Column::is_key);
            assert!(!feeds.is_empty() && feeds.iter().all(keyed), "a feed without a key was accepted");
            // Converted or refused: `run` fails where anything else happens.
            let _ = run(&feeds, || DOCUMENT.as_bytes());
        }
        Err(error) => {
            let mistakes = error.mistakes();
            assert!(
                !mistakes.is_empty() && mistakes.iter().all(|mistake| mistake.place.line.is_some()),
                "neither a feed nor mistakes with their places: {error:?}"
            );
        }
    }
}
