//! `tieout verify`: does a delivered folder hold what its manifest says?

use super::terminal::print;
use crate::{
    cli,
    error::{Code, Error, Place, Result, printable},
    export::manifest::{self, Manifest},
    model::checksum::sha256_hex,
};
use std::fmt::Write as _;

/// Compares every file of the folder with the manifest; status 1 where anything differs.
pub fn verify(arguments: &cli::VerifyArgs) -> Result<u8> {
    let path = arguments.folder.join(manifest::NAME);
    let bytes = std::fs::read(&path).map_err(|cause| {
        Error::new(Code::NoRunFolder, cause.to_string())
            .at(Place::file(&path.display().to_string()))
            .because(cause)
    })?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|cause| {
        let place = Place::file(&path.display().to_string());
        let what = format!("{place} is no manifest of tieout: {cause}");
        Error::new(Code::ManifestDamaged, what).about(place).because(cause)
    })?;
    let found = manifest::outputs(&arguments.folder)?;
    let (text, differences) = compare(&manifest, &found);
    let verdict = match differences {
        0 => "VERIFIED   every file is as the manifest says".to_owned(),
        n => format!("DIFFERS    {n} of the folder's files are not as the manifest says"),
    };
    print(&format!(
        "{text}\n{verdict}\nrun        {}\nmanifest   sha256 {}\nresults    sha256 {}\n",
        printable(&manifest.run_id),
        sha256_hex(&bytes),
        if differences == 0 { &manifest.result_digest } else { "unknown, since files differ" },
    ))?;
    Ok(u8::from(differences > 0))
}

/// A line per file, and how many of them are wrong.
fn compare(manifest: &Manifest, found: &[manifest::Output]) -> (String, usize) {
    let mut text = String::new();
    let mut differences = 0;
    let mut line = |word: &str, name: &str| {
        differences += usize::from(word != "ok");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{word:<9}  {}", printable(name));
    };
    for expected in &manifest.outputs {
        match found.iter().find(|output| output.name == expected.name) {
            Some(output) if output.is(expected) => line("ok", &expected.name),
            Some(_) => line("CHANGED", &expected.name),
            None => line("MISSING", &expected.name),
        }
    }
    let known = |name: &str| manifest.outputs.iter().any(|expected| expected.name == name);
    for output in found.iter().filter(|output| !known(&output.name)) {
        line("UNKNOWN", &output.name);
    }
    if manifest.result_digest != manifest::result_digest(&manifest.outputs) {
        line("CHANGED", "result_digest of the manifest itself");
    }
    (text, differences)
}
