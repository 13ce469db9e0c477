#!/usr/bin/env bash
# Installs what building and testing Systole needs, on Debian 12, as root or
# through sudo. Only what is missing is installed: a second run does nothing.
set -euo pipefail

packages=(
  # The compiler's libraries and tools.
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools liblld-22-dev lld-22
  libprotobuf-dev protobuf-compiler libflatbuffers-dev flatbuffers-compiler
  zlib1g-dev libzstd-dev libyaml-dev
  # What builds them.
  clang-22 libclang-rt-22-dev cmake ninja-build ccache
  # What only the tests need.
  googletest python3 python3-psutil qemu-user xz-utils patch
  # What reads the SystemVerilog, and platforms around it.
  verilator libsystemc-dev
  # What ./tools/scripts/format.sh needs.
  clang-format-22 clang-tidy-22
)

fail() {
  echo "setup.sh: error: $1" >&2
  echo "  help: $2" >&2
  exit 1
}

command -v dpkg-query >/dev/null ||
  fail "this machine has no dpkg" \
    "Systole is built on Debian 12; on another system install: ${packages[*]}"

installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' 2>/dev/null) "
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" installed:$package "* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if [[ $(id -u) != 0 ]]; then
  command -v sudo >/dev/null ||
    fail "installing packages needs root, and there is no sudo" \
      "run as root: apt-get install --no-install-recommends ${missing[*]}"
  as_root=(sudo)
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

echo "setup.sh: installing ${missing[*]}"
# One unreachable archive of many is no reason to stop: the install will tell.
apt update || echo "setup.sh: warning: apt-get update failed; going on" >&2
unknown=()
for package in "${missing[@]}"; do
  [[ -n $(apt-cache show "$package" 2>/dev/null | head -n 1) ]] ||
    unknown+=("$package")
done
if ((${#unknown[@]})); then
  fail "no archive of this machine has: ${unknown[*]}" \
    "LLVM 22 is in Debian 12's security archive: add 'deb http://deb.debian.org/debian-security bookworm-security main' to /etc/apt/sources.list"
fi
apt install -y --no-install-recommends "${missing[@]}" ||
  fail "apt-get could not install: ${missing[*]}" \
    "read apt's messages above; 'apt-get -f install' mends a broken state"
