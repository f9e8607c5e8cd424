#!/usr/bin/env bash
# Counts the instructions of a decision under callgrind and compares them with benches/baseline.txt.
#
#   benches/instructions.sh            compares; fails where a case needs more than 5 % above the baseline
#   benches/instructions.sh --update   writes the baseline
#
# The difference of two runs of different length is taken, so that set-up does not count. Addresses are the same on every run under
# callgrind, and with them the seeds of the hash functions; another build has others, so that a call is the mean over 16 of them.
set -euo pipefail
cd "$(dirname "$0")/.."
tolerance=5
if ! command -v valgrind >/dev/null; then
    echo "!!! valgrind is not here: instruction counts are NOT CHECKED"
    exit 0
fi
binary=$(cargo bench -q --bench instructions --no-run --message-format=json | sed -n 's/.*"executable":"\([^"]*instructions[^"]*\)".*/\1/p' | tail -1)
counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$1" "$2" "$3" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
per_call() {
    local few=1000 many=3000
    echo $((($(counted "$1" "$2" $many) - $(counted "$1" "$2" $few)) / (many - few)))
}
found=$(mktemp)
trap 'rm -f "$found"' EXIT
{
    echo "# instructions a call; $(rustc --version | cut -d' ' -f1,2); glibc $(getconf GNU_LIBC_VERSION | cut -d' ' -f2); $(uname -m)"
    for case in $("$binary"); do
        floor=$(per_call floor "$case")
        ours=$(per_call authorize "$case")
        echo "$case floor $floor authorize $ours ratio $(awk "BEGIN { printf \"%.2f\", $ours / $floor }")"
    done
} | tee "$found"
if [ "${1:-}" = --update ]; then
    cp "$found" benches/baseline.txt
    exit 0
fi
if [ "$(head -1 "$found")" != "$(head -1 benches/baseline.txt)" ]; then
    echo "!!! another compiler or C library than that of the baseline: instruction counts are NOT COMPARED"
    exit 0
fi
awk -v tolerance=$tolerance '
    /^#/ { next }
    NR == FNR { before[$1] = $5; next }
    !($1 in before) { print "no baseline: " $1; failed = 1; next }
    $5 > before[$1] * (1 + tolerance / 100) { print $1 ": " $5 " instructions, baseline " before[$1]; failed = 1 }
    END { exit failed }' benches/baseline.txt "$found"
