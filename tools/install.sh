#!/bin/sh
# Installs Porthole for this user: the executable, its manual page, and completions. Needs no root, and nothing of
# Porthole's but this script.
#
#     sh install.sh [--prefix FOLDER] [--unit] [--base-url ADDRESS]
#
# Everything is downloaded into a folder of its own first, and nothing is installed unless the SHA-256 sums of all of it
# are those that the release names.
set -eu
umask 022

# Where the release is; the script that belongs to a release knows it.
release_url=''

say() { printf '%s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

usage() {
  cat <<'END'
Usage: sh install.sh [OPTION...]

  --prefix FOLDER     Where to install: FOLDER/bin, FOLDER/share [~/.local]
  --unit              Install a unit for systemd, too, which shares your session's desktop
  --base-url ADDRESS  Folder of the release to install from
  --help              Tell this

In the environment: PORTHOLE_PREFIX, PORTHOLE_BASE_URL.
END
}

# need NAME VALUE...: fails unless an option has a value.
need() {
  [ $# -ge 2 ] || fail "$1 needs a value"
}

prefix=${PORTHOLE_PREFIX:-}
base_url=${PORTHOLE_BASE_URL:-$release_url}
unit=no

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) need "$@"; prefix=$2; shift 2 ;;
    --prefix=*) prefix=${1#*=}; shift ;;
    --base-url) need "$@"; base_url=$2; shift 2 ;;
    --base-url=*) base_url=${1#*=}; shift ;;
    --unit) unit=yes; shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; fail "there is no option $1" ;;
  esac
done

if [ -z "$prefix" ]; then
  [ -n "${HOME:-}" ] || fail "HOME is not set: say where to install with --prefix"
  prefix=$HOME/.local
fi
if [ "$unit" = yes ]; then
  units=${XDG_CONFIG_HOME:-${HOME:-$prefix}/.config}/systemd/user
fi
case $prefix in
  /*) ;;
  *) prefix=$(pwd)/$prefix ;;
esac
[ -n "$base_url" ] || fail "this copy of the script belongs to no release: say with --base-url where one is"
base_url=${base_url%/}

# Sums come from where the files come from: the way must be one that nobody else can write on.
case $base_url in
  https://*) secure='--proto =https' ;;
  http://127.0.0.1 | http://127.0.0.1[:/]* | http://localhost | http://localhost[:/]*) secure='' ;;
  *) fail "the address must begin with https://, and $base_url does not" ;;
esac

# Which executable.
system=$(uname -s)
[ "$system" = Linux ] || fail "Porthole runs on Linux, and this is $system"
machine=$(uname -m)
case $machine in
  x86_64 | amd64) machine=x86_64 ;;
  aarch64 | arm64) machine=aarch64 ;;
  *) fail "there are executables for x86_64 and aarch64, and this machine is $machine" ;;
esac
if command -v ldd >/dev/null 2>&1 && ldd --version 2>&1 | grep -qi musl; then
  fail "the executable needs glibc, and this system has musl"
fi

# What downloads, and what sums.
if command -v curl >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # words, or none
  fetch() { curl $secure --fail --silent --show-error --location --retry 2 --connect-timeout 20 --output "$2" "$1"; }
elif command -v wget >/dev/null 2>&1; then
  fetch() { wget --quiet --tries=3 --timeout=60 --output-document="$2" "$1"; }
else
  fail "neither curl nor wget is there: install one of them"
fi
if command -v sha256sum >/dev/null 2>&1; then
  sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
elif command -v openssl >/dev/null 2>&1; then
  sum_of() { openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1; }
else
  fail "neither sha256sum nor openssl is there: install one of them"
fi

work=$(mktemp -d)
fresh=''
trap 'rm -rf "$work" "$fresh"' EXIT
trap 'exit 1' HUP INT TERM

# get NAME: downloads a file and checks its sum.
get() {
  fetch "$base_url/$1" "$work/$1" || fail "cannot download $base_url/$1"
  wanted=$(awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail "the release's SHA256SUMS does not name $1: nothing was installed"
  got=$(sum_of "$work/$1")
  [ "$got" = "$wanted" ] || fail "$1 is not what the release says: its SHA-256 is $got, and must be $wanted.
Nothing was installed"
}

executable=porthole-$machine-linux
say "Downloading $executable from $base_url"
fetch "$base_url/SHA256SUMS" "$work/SHA256SUMS" || fail "cannot download $base_url/SHA256SUMS"
get "$executable"
for name in porthole.1 porthole.bash porthole.zsh porthole.fish licenses.txt; do get "$name"; done
[ "$unit" = no ] || get porthole.service

# put MODE SOURCE TARGET: replaces a file at once, so that one that is running goes on undisturbed.
put() {
  mkdir -p "$(dirname "$3")" || fail "cannot make the folder of $3"
  fresh=$(mktemp "$3.XXXXXX") || fail "cannot write beside $3"
  cat "$2" >"$fresh"
  chmod "$1" "$fresh"
  mv -f "$fresh" "$3"
  fresh=''
  say "  $3"
}

say "Installing"
put 755 "$work/$executable" "$prefix/bin/porthole"
put 644 "$work/porthole.1" "$prefix/share/man/man1/porthole.1"
put 644 "$work/porthole.bash" "$prefix/share/bash-completion/completions/porthole"
put 644 "$work/porthole.zsh" "$prefix/share/zsh/site-functions/_porthole"
put 644 "$work/porthole.fish" "$prefix/share/fish/vendor_completions.d/porthole.fish"
put 644 "$work/licenses.txt" "$prefix/share/doc/porthole/licenses.txt"
if [ "$unit" = yes ]; then
  # In a unit %, $, " and \ have a meaning; in a replacement of sed's, \, & and what stands between.
  quoted=$(printf '%s' "$prefix/bin/porthole" | sed 's/%/%%/g; s/[$]/$$/g; s/["\\]/\\&/g; s/[\\&|]/\\&/g')
  sed "s|^ExecStart=.*|ExecStart=\"$quoted\"|" "$work/porthole.service" >"$work/unit"
  put 644 "$work/unit" "$units/porthole.service"
fi

# What may be missing.
if command -v ldconfig >/dev/null 2>&1 || [ -x /sbin/ldconfig ]; then
  known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || :)
  for library in libX11.so.6 libXext.so.6 libXtst.so.6; do
    case $known in
      '' | *"$library"*) ;;
      *) say "Missing: $library. On Debian and Ubuntu: apt install libx11-6 libxext6 libxtst6" ;;
    esac
  done
fi
case :$PATH: in
  *":$prefix/bin:"*) say "Done. Share this desktop: porthole" ;;
  *) say "Done. $prefix/bin is not on your PATH. Share this desktop: $prefix/bin/porthole" ;;
esac
if [ "$unit" = yes ]; then
  say "With every session from now on: systemctl --user daemon-reload && systemctl --user enable --now porthole"
fi
