# shellcheck shell=bash
# Part of scripts/servers: servers of files, which tests start for themselves. Like the clients they are programs of this
# machine, or unpacked from Debian's packages.

find_transports() {
  client TIEOUT_TEST_VSFTPD vsftpd vsftpd usr/sbin/vsftpd
}
