# What gcov -t -b -c says of all objects, as one table: lines and branches of each folder and in
# total, then the files with the most uncovered lines and branches. Usage:
#   awk -v uncovered=FILE -f report.awk GCOV-OUTPUT
# FILE gets each line that was never run, and each with a branch that was never taken.
#
# A header's functions are in several objects; what one of them ran was run.

function share(part, whole) {
    return whole ? sprintf("%5.1f", 100 * part / whole) : "    -"
}

function row(name, n) {
    return sprintf("%-22s %6d %6d %s %% %9d %6d %s %%", name, lines[n], run[n],
        share(run[n], lines[n]), branches[n], taken[n], share(taken[n], branches[n]))
}

# "   12*:   34:text", "branch  0 taken 5 (fallthrough)"; lines numbered 0 are about the file.
/^ *[^ :]+: *0:Source:/ {
    file = $0
    sub(/^.*:Source:/, "", file)
    sub(/^\.\//, "", file)
    counts = file ~ /^(compiler|runtime|grammar)\// && file !~ /\.def$/
    line = 0
    next
}
!counts { next }
/^function / {
    called = $2
    next
}
/^branch / {
    if (!line || /\(throw\)/) next
    key = file SUBSEP line SUBSEP $2
    if (!(key in branch)) branch[key] = 0
    if ($3 == "taken") branch[key] += $4
    next
}
/^ *[^ :]+: *[0-9]+:/ {
    count = $0
    sub(/:.*/, "", count)
    gsub(/[ *]/, "", count)
    rest = $0
    sub(/^[^:]*:/, "", rest)
    line = rest + 0
    sub(/^[^:]*:/, "", rest)
    if (!line || count == "-") {
        line = 0
        next
    }
    key = file SUBSEP line
    if (!(key in ran)) {
        ran[key] = 0
        order[++total] = key
        text[key] = rest
        within[key] = called
    }
    if (count !~ /^[#=]/) ran[key] += count
}

END {
    sorted = "sort -t: -k1,1 -k2,2n >" uncovered
    for (key in branch) {
        split(key, part, SUBSEP)
        at = part[1] SUBSEP part[2]
        has[at]++
        did[at] += branch[key] > 0
    }
    for (k = 1; k <= total; k++) {
        at = order[k]
        split(at, part, SUBSEP)
        folder = part[1]
        sub(/\/[^\/]*$/, "", folder)
        n = split("all " folder " " part[1], groups, " ")
        for (g = 1; g <= n; g++) {
            lines[groups[g]]++
            run[groups[g]] += ran[at] > 0
            branches[groups[g]] += has[at]
            taken[groups[g]] += did[at]
        }
        folders[folder] = 1
        files[part[1]] = 1
        if (!ran[at] || did[at] < has[at])
            printf "%s:%d: %s %s: %s\n", part[1], part[2], within[at],
                ran[at] ? did[at] " of " has[at] : "never", text[at] | sorted
    }
    printf "%-22s %6s %6s %7s %9s %6s %7s\n", "folder", "lines", "run", "", "branches", "taken", ""
    for (folder in folders) print row(folder, folder) | "sort"
    close("sort")
    print row("all", "all")
    print "\nleast covered: lines never run, branches never taken"
    for (file in files) {
        missing = lines[file] - run[file] + branches[file] - taken[file]
        if (missing) printf "%6d %6d  %s\n", lines[file] - run[file],
            branches[file] - taken[file], file | "sort -k1,1nr -k2,2nr | head -n 20"
    }
}
