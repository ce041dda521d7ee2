//! This process, told apart from every other one of any machine, and whether such a one is dead. Only its own machine can
//! say that; a process of another one counts as living.

use rustix::{
    io::Errno,
    process::{Pid, test_kill_process},
};
use std::fs;

/// Boot of the machine, name space, number and start of this process; empty where the system does not say.
pub fn this() -> String {
    let pid = std::process::id();
    here().zip(start(pid)).map_or_else(String::new, |(here, start)| format!("{here} {pid} {start}"))
}

/// Whether `this` of a process was told on this machine, and the process has ended.
pub fn is_dead(process: &str) -> bool {
    let parts = process.rsplitn(3, ' ').collect::<Vec<_>>();
    let [begun, pid, place] = parts[..] else { return false };
    let Ok(number) = pid.parse::<u32>() else { return false };
    let Some(pid) = i32::try_from(number).ok().and_then(Pid::from_raw) else { return false };
    if here().as_deref() != Some(place) {
        return false;
    }
    // Another user's process may be hidden from us: only the system's own word that there is none counts.
    let stat = fs::metadata(format!("/proc/{number}/stat"));
    test_kill_process(pid) == Err(Errno::SRCH)
        || (stat.is_ok() && start(number).is_none_or(|start| start != begun))
}

/// Whether `this` of a process was told on this machine.
pub fn is_here(process: &str) -> bool {
    here().is_some_and(|here| process.starts_with(&format!("{here} ")))
}

fn here() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    // A number of a process means nothing elsewhere, nor where /proc is that of another name space; nor does a time.
    let own = fs::read_link("/proc/self").ok()?;
    if own.to_str() != Some(std::process::id().to_string().as_str()) {
        return None;
    }
    let space = |name: &str| Some(fs::read_link(format!("/proc/self/ns/{name}")).ok()?.display().to_string());
    Some(format!("{} {} {}", boot.trim(), space("pid")?, space("time").unwrap_or_default()))
}

/// When it was started, in ticks since the boot: field 22 (proc(5)), counted after the name, which may hold anything.
fn start(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_whitespace();
    // A zombie has ended; only its parent has not heard of it.
    let ended = ["Z", "X"].contains(&fields.next()?);
    fields.nth(18).filter(|_| !ended).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_is_dead_when_it_has_ended_or_its_number_is_anothers() {
        let this = this();
        assert!(!is_dead(&this), "{this}");
        let (front, begun) = this.rsplit_once(' ').unwrap();
        let later = begun.parse::<u64>().unwrap() + 1;
        assert!(is_dead(&format!("{front} {later}")), "another one of this number");
        let mut child = Command::new("true").spawn().unwrap();
        let (place, _) = front.rsplit_once(' ').unwrap();
        child.wait().unwrap();
        assert!(is_dead(&format!("{place} {} 1", child.id())));
    }

    #[test]
    fn a_process_of_another_machine_is_not_known_to_be_dead() {
        for other in ["", "x", "1 2", "another-boot pid:[1] 4294967295 1", "another-boot pid:[1] 999999 1"] {
            assert!(!is_dead(other), "{other}");
        }
    }
}
