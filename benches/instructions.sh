#!/usr/bin/env bash
# Counts the instructions of a decision under callgrind and compares them with benches/baseline.txt.
#
#   benches/instructions.sh            compares; fails where a case needs more than 5 % above the baseline
#   benches/instructions.sh --update   writes the baseline
#   benches/instructions.sh --size N   counts on a cluster of another size than that of the baseline, which is 100
#
# Only what is counted is counted, without set-up. Addresses are the same on every run under callgrind, and with them the seeds of the hash
# functions; another build has others, so that a call is the mean over 256 of them.
set -euo pipefail
cd "$(dirname "$0")/.."
tolerance=5
if ! command -v valgrind >/dev/null; then
    echo "!!! valgrind is not here: instruction counts are NOT CHECKED"
    exit 0
fi
head="# instructions a call; $(rustc --version | cut -d' ' -f1,2); glibc $(getconf GNU_LIBC_VERSION | cut -d' ' -f2); $(uname -m)"
if [ "${1:-}" != --update ] && [ "$head" != "$(head -1 benches/baseline.txt)" ]; then
    echo "!!! another compiler or C library than that of the baseline: instruction counts are NOT COMPARED"
    exit 0
fi
# Without optimisation over crates, which takes longer than all else and changes little.
export CARGO_PROFILE_BENCH_LTO=off
binary=$(cargo bench -q --bench instructions --no-run --message-format=json | sed -n 's/.*"executable":"\([^"]*instructions[^"]*\)".*/\1/p' | tail -1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ "${1:-}" = --size ]; then export BENCH_SIZES=$2; else unset BENCH_SIZES; fi
valgrind --quiet --tool=callgrind --callgrind-out-file="$folder/out" --toggle-collect='*counted_*' \
    --dump-after=instructions::counted_floor --dump-after=instructions::counted_decisions \
    --dump-after=instructions::counted_resolved "$binary" > "$folder/cases"
{
    echo "$head"
    number=0
    while read -r case what calls; do
        number=$((number + 1))
        total=$(sed -n 's/^totals: //p' "$folder/out.$number")
        echo "$case $what $((total / calls))"
    done < "$folder/cases" | paste -d' ' - - - |
        awk '{ printf "%s floor %d authorize %d ratio %.2f resolved %d\n", $1, $3, $6, $6 / $3, $9 }'
} | tee "$folder/found"
found=$folder/found
case "${1:-}" in
    --update) cp "$found" benches/baseline.txt && exit 0 ;;
    --size) exit 0 ;;
esac
awk -v tolerance=$tolerance '
    /^#/ { next }
    function compare(what, now, before) {
        if (now > before * (1 + tolerance / 100)) { print what ": " now " instructions, baseline " before; failed = 1 }
    }
    NR == FNR { authorize[$1] = $5; resolved[$1] = $9; next }
    !($1 in authorize) { print "no baseline: " $1; failed = 1; next }
    { compare($1, $5, authorize[$1]); compare($1 ", resolved", $9, resolved[$1]) }
    END { exit failed }' benches/baseline.txt "$found"
