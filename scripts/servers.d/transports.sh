# shellcheck shell=bash
# Part of scripts/servers: servers of files, which tests start for themselves. Like the clients they are programs of this
# machine, or unpacked from Debian's packages.

find_transports() {
  client TIEOUT_TEST_VSFTPD vsftpd vsftpd usr/sbin/vsftpd
  client TIEOUT_TEST_SSHD sshd openssh usr/sbin/sshd
  client TIEOUT_TEST_SSH_AGENT ssh-agent openssh usr/bin/ssh-agent
  client TIEOUT_TEST_ASYNCSSH asyncssh-python asyncssh usr/bin/python3.11
}
