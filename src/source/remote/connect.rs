//! From a feed's `[source]` to a session of its protocol.

use super::{Remote, ftp, http, objects, sftp, web};
use crate::{
    error::{Code, Error, Result, printable},
    feed::{Access, Secret},
};
use std::{fs, os::unix::fs::PermissionsExt};

/// Connects and logs in.
///
/// # Errors
/// `Usage` where the way there is not encrypted and the feed does not allow that. `Fetch` where there is no such server,
/// it refuses the login, or it is not the one that it should be. `Machine` where the password's file cannot be read.
pub async fn connect(access: &Access) -> Result<Box<dyn Remote>> {
    let access = with_password(access)?;
    web::guard(&access.url, access.insecure)?;
    match access.url.scheme() {
        "ftp" | "ftps" => ftp::connect(&access).await,
        "sftp" => sftp::connect(&access).await,
        "http" | "https" => http::connect(&access),
        "s3" | "gs" | "azblob" => objects::connect(&access),
        scheme => Err(Error::new(
            Code::UnknownScheme,
            format!("[source] {}: is not supported by this version", printable(scheme)),
        )),
    }
}

/// The same with the password that its file holds.
fn with_password(access: &Access) -> Result<Access> {
    let mut access = access.clone();
    if let Some(path) = access.password_file.take() {
        let text = fs::read_to_string(&path).map_err(|cause| Error::machine("read", &path, cause))?;
        let others = fs::metadata(&path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
        if others {
            let shown = printable(&path.display().to_string());
            tracing::warn!("others can read the password in {shown}: chmod 600 keeps it to its owner");
        }
        access.password = Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    Ok(access)
}
