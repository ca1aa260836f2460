# Functions of the quick start: install what is missing on Debian and Ubuntu, and nothing else. To be sourced.

# The runtime's version: the newest that was tested, and the oldest that works.
DENO_VERSION=2.9.6
DENO_LEAST=2.9.0

say() { printf '%s\n' "$*" >&2; }

# Runs a command as root: directly, or by sudo.
as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "This has to be run as root, and there is no sudo here: $*"
    return 1
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# need_packages NAME...: installs those Debian packages that are not there yet.
need_packages() {
  local name missing=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is no Debian or Ubuntu. Going on without installing; needed are what Debian calls: $*"
    return
  fi
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  [[ ${#missing[@]} == 0 ]] && return
  say "Installing ${missing[*]}"
  if [[ -z ${apt_is_updated:-} ]]; then
    as_root apt-get update -q >&2
    apt_is_updated=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null >&2
}

# Whether version $1 is at least $2.
at_least() {
  [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]
}

deno_is_good() {
  local version
  version=$(deno --version 2>/dev/null | sed -n 's/^deno \([0-9.]*\).*/\1/p') || return 1
  [[ -n $version ]] && at_least "$version" "$DENO_LEAST"
}

# Puts a Deno that is new enough on PATH, from npm when there is none.
need_deno() {
  deno_is_good && return
  command -v npm >/dev/null || need_packages nodejs npm
  # Where npm may write, no root is needed; elsewhere sudo is, and without sudo a folder of the user's own does.
  local prefix with=()
  prefix=$(npm prefix -g 2>/dev/null)
  if [[ -w $prefix/lib || (! -e $prefix/lib && -w $prefix) ]]; then
    :
  elif command -v sudo >/dev/null; then
    with=(sudo)
  else
    prefix=$HOME/.local
  fi
  export PATH=$prefix/bin:$PATH
  hash -r
  deno_is_good && return
  say "Installing Deno $DENO_VERSION into $prefix"
  "${with[@]}" npm install -g --prefix "$prefix" --no-fund --no-audit "deno@$DENO_VERSION" </dev/null >&2
  hash -r
  deno_is_good || {
    say "Deno $DENO_LEAST or newer is needed, and $(command -v deno || echo nothing) is not." \
      "See https://docs.deno.com/runtime/getting_started/installation/"
    return 1
  }
}
