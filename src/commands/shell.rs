//! `tieout completions` and `tieout man`, for packagers.

use super::terminal::print;
use crate::{
    cli::Cli,
    error::{Error, Result},
};
use clap::CommandFactory;

pub fn completions(shell: clap_complete::Shell) -> Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tieout", &mut text);
    print(&String::from_utf8_lossy(&text)).map(|()| 0)
}

pub fn man() -> Result<u8> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Cli::command());
    page.render(&mut text).map_err(|cause| Error::machine("write", "the manual page".as_ref(), cause))?;
    print(&String::from_utf8_lossy(&text)).map(|()| 0)
}
