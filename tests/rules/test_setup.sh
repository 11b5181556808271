#!/bin/bash
# The set-up: finds what is missing, installs only that, and where it cannot, prints the line to run
# and ends with 3. The packages are pretended by programs in front of PATH.
set -u
tools=$WORK/tools
mkdir -p "$tools" "$WORK/installed"

cat >"$tools/dpkg-query" <<'END'
#!/bin/bash
[ -e "$WORK/installed/${!#}" ] && echo 'install ok installed'
END
cat >"$tools/apt-get" <<'END'
#!/bin/bash
echo "apt-get $*" >>"$WORK/calls"
[ "$1" = install ] || exit 0
[ ! -e "$WORK/broken" ] || exit 100
for word in "${@:2}"; do case $word in -*) ;; *) touch "$WORK/installed/$word" ;; esac; done
END
printf '#!/bin/bash\necho "$PRETENDED_ID"\n' >"$tools/id"
printf '#!/bin/bash\necho "sudo $*" >>"$WORK/calls"\n[ "$1" != -n ] || exit 1\n' >"$tools/sudo"
chmod +x "$tools"/*

setup() { # LEVEL; sets status, output
    : >"$WORK/calls"
    output=$(PATH=$tools:$PATH tools/setup.sh "$1" 2>&1 </dev/null)
    status=$?
}
expect() { # NAME, then a command that must hold
    if "${@:2}"; then echo "ok $1"; else
        echo "FAIL $1"
        echo "$output"
        cat "$WORK/calls"
    fi
}
says() { case $output in *"$1"*) true ;; *) false ;; esac; }
called() { grep -qe "$1" "$WORK/calls"; }
of_level() { sed 's/#.*//' packages.txt | awk -v l="$1" '$2 == l { print $1 }'; }

export PRETENDED_ID=0
setup build
expect 'installs as root' [ "$status" = 0 ]
expect 'renews the lists first' [ "$(head -n 1 "$WORK/calls")" = 'apt-get update -qq' ]
expect 'installs flex' [ -e "$WORK/installed/flex" ]
expect 'a level installs no more than its own' [ ! -e "$WORK/installed/verilator" ]
setup build
expect 'nothing missing, nothing called' [ "$status:$(cat "$WORK/calls")" = 0: ]
setup demo
expect 'only what is missing' eval '! called " flex" && called " verilator"'
for package in $(of_level build) $(of_level demo); do touch "$WORK/installed/$package"; done
touch "$WORK/broken"
setup check
expect 'a failure of apt-get is told' [ "$status" = 3 ]
expect 'with the line to run' says \
    "apt-get install -y --no-install-recommends $(of_level check | head -n 1) "
rm "$WORK/broken"
export PRETENDED_ID=1000
setup check
expect 'sudo that asks for a password is not used' [ "$status" = 3 ]
expect 'and the line has sudo in it' says 'sudo apt-get update && sudo apt-get install -y'
expect 'and nothing was installed' [ ! -e "$WORK/installed/yosys" ]
setup nonsense
expect 'an unknown level is refused' [ "$status" = 2 ]

# Every program that the sources call comes from a package in the list.
expect 'each line has a package and a level' [ -z "$(sed 's/#.*//' packages.txt |
    awk 'NF && (NF != 2 || $2 !~ /^(build|demo|check|fuzz)$/)')" ]
expect 'no package is there twice' [ -z "$(sed 's/#.*//' packages.txt | awk 'NF { print $1 }' |
    sort | uniq -d)" ]
