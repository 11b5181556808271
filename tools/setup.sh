#!/bin/bash
# Installs what is missing of packages.txt. Usage: tools/setup.sh [build|demo|check|fuzz]
# Exit status: 0 everything is there, 3 something is missing and cannot be installed from here.
set -u
cd "$(dirname "$0")/.." || exit 3
level=${1:-check}
case $level in
build) wanted='build' ;;
demo) wanted='build demo' ;;
check) wanted='build demo check' ;;
fuzz) wanted='build demo check fuzz' ;;
*)
    echo "setup: no level '$level' (build, demo, check or fuzz)" >&2
    exit 2
    ;;
esac

packages=$(sed 's/#.*//' packages.txt |
    while read -r package for_whom; do
        case " $wanted " in *" ${for_whom:-none} "*) echo "$package" ;; esac
    done)

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian; needed are: $(echo $packages)" >&2
    exit 0
fi
missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)
    [ "$state" = 'install ok installed' ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root='sudo '
line="${as_root}apt-get update && ${as_root}apt-get install -y --no-install-recommends$missing"
give_up() {
    echo "setup: $1. Please run:" >&2
    echo "    $line" >&2
    exit 3
}
if [ -n "$as_root" ]; then
    command -v sudo >/dev/null || give_up 'missing packages, and neither root nor sudo'
    # Without a terminal nobody can type a password.
    if ! [ -t 0 ]; then sudo -n true 2>/dev/null || give_up 'sudo asks for a password'; fi
fi
echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp) || give_up 'no place for a temporary file'
trap 'rm -f "$log"' EXIT
${as_root}apt-get update -qq >"$log" 2>&1 ||
    echo 'setup: the package lists could not be renewed' >&2
if ! ${as_root}apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1; then
    tail -n 5 "$log" >&2
    give_up 'apt-get failed'
fi
