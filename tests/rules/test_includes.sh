#!/bin/bash
# A stage includes its own headers, those of the stages named here, and support/; the runtime knows
# nothing of the compiler.
set -u
allowed() { # what a file of this stage may include
    case $1 in
    support) echo 'support' ;;
    syntax) echo 'support syntax' ;;
    model) echo 'support syntax model' ;;
    plan) echo 'support model plan' ;;
    interp) echo 'support plan interp' ;;
    emit) echo 'support plan emit' ;;
    esac
}

quoted_includes() { sed -n 's/^ *# *include "\([^"]*\)".*/\1/p' "$1"; }

for stage in support syntax model plan interp emit; do
    bad=
    for file in $(find "compiler/$stage" -name '*.[ch]' | sort); do
        for header in $(quoted_includes "$file"); do
            folder=${header%%/*}
            # A name without a folder: in the same folder, in grammar/ or made from it (the syntax
            # and the model read its lists), or in runtime/ (an include path of its own).
            [ "$folder" != "$header" ] || continue
            case $stage:$header in
            syntax:../grammar/*.def | model:../grammar/*.def) continue ;;
            # The interpreter hands to the runtime the very tables that the C backend prints.
            interp:emit/tables.h) continue ;;
            esac
            case " $(allowed "$stage") " in
            *" $folder "*) ;;
            *) bad="$bad$file includes $header"$'\n' ;;
            esac
        done
    done
    if [ -z "$bad" ]; then echo "ok $stage"; else printf 'FAIL %s\n%s' "$stage" "$bad"; fi
done

bad=$(grep -nE '^ *# *include "(support|syntax|model|plan|interp|emit|driver|options)' \
    $(find runtime -name '*.[ch]' -o -name '*.cpp') /dev/null)
if [ -z "$bad" ]; then echo 'ok runtime'; else printf 'FAIL runtime\n%s\n' "$bad"; fi
