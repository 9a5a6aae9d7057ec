#!/usr/bin/env bash
# Installs the Debian packages that are missing. Says what it does, and stops with the command to run where it may not.
#
#   Scripts/setup.sh build   what building and running need
#   Scripts/setup.sh test    what the tests need besides: the independent programs that we are compared with
set -euo pipefail

case "${1:-}" in
build) packages=(libssh-dev libssl-dev libsqlite3-dev pkg-config) ;;
test) packages=(openssl openssh-client curl haproxy nginx-light libnginx-mod-stream libxml2-utils pebble python3-jsonschema python3-pip tshark) ;;
*)
    echo "usage: Scripts/setup.sh build|test" >&2
    exit 64
    ;;
esac

if ! command -v swift >/dev/null; then
    echo "setup: error: no Swift toolchain in PATH" >&2
    echo "hint: install Swift 6.2 or newer from https://www.swift.org/install/linux/" >&2
    exit 1
fi
if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian; please see that the likes of these are installed: ${packages[*]}" >&2
    exit 0
fi

is_installed() {
    # nginx-light, nginx-core and nginx-full are one program with more or fewer modules.
    if [ "$1" = nginx-light ] && command -v nginx >/dev/null; then return 0; fi
    # The module may be for another Python than Debian's.
    if [ "$1" = python3-pip ] && python3 -m pip --version >/dev/null 2>&1; then return 0; fi
    if [ "$1" = python3-jsonschema ] && python3 -c 'import jsonschema' 2>/dev/null; then return 0; fi
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "setup: error: missing Debian packages: ${missing[*]}" >&2
        echo "hint: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "setup: error: apt-get could not install ${missing[*]}" >&2
    exit 1
fi
