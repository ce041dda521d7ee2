//! What a store's answer means. Nothing of the library's own sentences is passed on: they hold whole addresses, and
//! those may hold a signature.

use super::super::web;
use super::service::StoreRefusal;
use crate::error::{Code, Error, printable};
use object_store::client::HttpError;
use std::{error::Error as StdError, fmt};

/// What was asked for, with the file's name.
#[derive(Debug, Clone, Copy)]
pub enum Doing<'a> {
    Name,
    List,
    Look(&'a str),
    Read(&'a str),
    Archive(&'a str),
    Delete(&'a str),
}

impl fmt::Display for Doing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name a key of"),
            Self::List => f.write_str("list"),
            Self::Look(name) => write!(f, "look at {} in", printable(name)),
            Self::Read(name) => write!(f, "read {} from", printable(name)),
            Self::Archive(name) => write!(f, "archive {} in", printable(name)),
            Self::Delete(name) => write!(f, "delete {} from", printable(name)),
        }
    }
}

/// The error that a failed request is.
pub fn error(shown: &str, doing: Doing<'_>, cause: &object_store::Error, last: &StoreRefusal) -> Error {
    if let object_store::Error::InvalidPath { source } = cause {
        let what = format!("{shown} has a key that cannot be asked for: {}", printable(&source.to_string()));
        return Error::new(Code::RemoteName, what);
    }
    let host = printable(&last.host);
    if last.metadata {
        let what = format!("cannot {doing} {shown}: no credentials were found, and {host} gives none");
        return Error::new(Code::NoCredentials, what);
    }
    let Some(status) = last.status else {
        let (code, why) = transport(cause);
        return Error::new(code, format!("cannot {doing} {shown}: {host}: {why}"));
    };
    let said = last.code.as_ref().map_or_else(String::new, |code| format!(" {code}"));
    let what = format!("cannot {doing} {shown}: {host} answered {status}{said}");
    let (code, hint) = meaning(status, last);
    let error = Error::new(code, what);
    match (&last.region, hint) {
        (Some(region), _) if status < 400 => {
            error.with_hint(format!("set AWS_REGION={region}: the bucket lies there"))
        }
        (_, Some(hint)) => error.with_hint(hint),
        (_, None) => error,
    }
}

/// Why there was no answer.
fn transport(cause: &object_store::Error) -> (Code, String) {
    let found = web::chain(cause).find_map(|cause| cause.downcast_ref::<HttpError>());
    let Some(found) = found.and_then(StdError::source) else {
        return (Code::TransferBroke, "its answer is not one of an object store".to_owned());
    };
    match found.downcast_ref::<reqwest::Error>() {
        Some(found) => web::broken(found),
        None => (Code::TransferBroke, printable(&found.to_string())),
    }
}

/// What a status and a store's own code mean, and what to do where it is not what all such errors need.
fn meaning(status: u16, last: &StoreRefusal) -> (Code, Option<&'static str>) {
    match last.code.as_deref().unwrap_or_default() {
        "NoSuchBucket" | "ContainerNotFound" | "ContainerBeingDeleted" | "InvalidBucketName" => (
            Code::NoSuchFolder,
            Some("check the bucket of [source] url and the region or endpoint with the sender"),
        ),
        "SignatureDoesNotMatch" => {
            (Code::SourceLogin, Some("the secret is not the one of this key: check it"))
        }
        "InvalidAccessKeyId" => {
            (Code::SourceLogin, Some("the store knows no such key: check it and the endpoint"))
        }
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => (
            Code::SourceLogin,
            Some("the session's token has expired: get a new one, or use a role or a key that lasts"),
        ),
        "RequestTimeTooSkewed" | "RequestExpired" => {
            (Code::SourceLogin, Some("this machine's clock and the store's differ: set it"))
        }
        "AuthorizationHeaderMalformed" => (
            Code::SourceLogin,
            Some("the key was not accepted in this region: set AWS_REGION to the bucket's"),
        ),
        "InvalidToken"
        | "InvalidClientTokenId"
        | "InvalidIdentityToken"
        | "IDPRejectedClaim"
        | "AuthenticationFailed"
        | "InvalidAuthenticationInfo"
        | "NoAuthenticationInformation"
        | "invalid_grant"
        | "invalid_client"
        | "unauthorized_client" => (Code::SourceLogin, None),
        "AccessDenied" if last.host.starts_with("sts.") => (Code::SourceLogin, None),
        "AccessDenied" | "AuthorizationPermissionMismatch" | "AuthorizationFailure" => {
            (Code::SourceRefused, Some(RIGHTS))
        }
        _ if status == 401 => (Code::SourceLogin, None),
        _ if status == 403 => (Code::SourceRefused, Some(RIGHTS)),
        _ => (Code::SourceRefused, None),
    }
}

const RIGHTS: &str = "the account must be allowed to list the prefix and to read its objects; \
    to write to the archive and to delete, where [source] after says so";
