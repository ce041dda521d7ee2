# shellcheck shell=bash
# Part of scripts/servers: servers of files, which tests start for themselves. Like the clients they are programs of this
# machine, or unpacked from Debian's packages. Only the server of S3 is in no package of Debian: it comes from PyPI.

# What serves S3, with the versions that the tests were written for.
moto=('moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5)

# Exports TIEOUT_TEST_MOTO: a Python that has moto, as given, or made of this machine's Python, or Debian's, and PyPI.
find_moto() {
  [ -z "${TIEOUT_TEST_MOTO:-}" ] || return 0
  local python=python3 version kept packages=$work/moto
  if ! python3 -m pip --version >/dev/null 2>&1; then
    instead="install python3-pip, or set TIEOUT_TEST_MOTO" get_root pip
    python=$work/roots/pip/usr/bin/python3.11
  fi
  version=$("$python" -c 'import sys; print(*sys.version_info[:2], sep=".")')
  kept=$cache/moto-$version-$(sha256sum <<<"${moto[*]}" | cut -c1-12)
  if [ -n "$keep" ] && [ -d "$kept" ]; then
    packages=$kept
  else
    say "downloading moto from PyPI"
    "$python" -m pip install --quiet --disable-pip-version-check --no-input --target "$packages" "${moto[@]}" \
      >"$work/get-moto.log" 2>&1 || {
      tail -n 20 "$work/get-moto.log" >&2
      fail "no moto: PyPI's packages could not be had; pip's messages are above; or set TIEOUT_TEST_MOTO"
    }
    if [ -n "$keep" ]; then
      mkdir -p "$cache"
      mv -T "$packages" "$kept" 2>/dev/null || rm -rf "$packages"
      packages=$kept
    fi
  fi
  mkdir -p "$work/bin"
  printf '#!/bin/sh\nPYTHONPATH=%q exec %q "$@"\n' "$packages" "$(command -v "$python")" >"$work/bin/moto-python"
  chmod +x "$work/bin/moto-python"
  export TIEOUT_TEST_MOTO=$work/bin/moto-python
}

find_transports() {
  client TIEOUT_TEST_VSFTPD vsftpd vsftpd usr/sbin/vsftpd
  client TIEOUT_TEST_SSHD sshd openssh usr/sbin/sshd
  client TIEOUT_TEST_SSH_AGENT ssh-agent openssh usr/bin/ssh-agent
  client TIEOUT_TEST_ASYNCSSH asyncssh-python asyncssh usr/bin/python3.11
  client TIEOUT_TEST_NGINX nginx nginx usr/sbin/nginx
  find_moto
}
