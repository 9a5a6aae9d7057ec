#!/usr/bin/env bash
# Runs the catalogue multiplied, to see what a run of so many cases takes: time, memory at its most, and memory as it goes.
#
#   Scripts/measure-scale.sh [COPIES] [RUNS] [OPTION of shakedown run]...
#   Scripts/measure-scale.sh 3 3                    about 5,000 cases, three times, and the median
#   Scripts/measure-scale.sh 12 1 --target haproxy
#
# Every scenario is there COPIES times (3 by default), each copy with an id of its own, hence with names, ports and
# certificates of its own. Waivers name ids, so that a copy is not waived, and what is waived fails here. Give
# SHAKEDOWN another program than .build/release/shakedown to compare two of them.
set -euo pipefail
cd "$(dirname "$0")/.."
copies=${1:-3}
runs=${2:-1}
shift $(($# < 2 ? $# : 2))
program=${SHAKEDOWN:-.build/release/shakedown}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for area in Scenarios/*/; do
    name=$(basename "$area")
    [ "$name" = Targets ] && continue
    for ((copy = 1; copy <= copies; copy++)); do
        mkdir -p "$work/catalogue/$name-$copy"
        for file in "$area"*.yaml; do
            sed -E "s/^( *- id:|id:) *([a-z0-9.-]+)/\1 \2.copy-$copy/" "$file" \
                > "$work/catalogue/$name-$copy/$(basename "$file")"
        done
    done
done

times=()
for ((run = 1; run <= runs; run++)); do
    began=$(date +%s.%N)
    "$program" run --quiet --report "$work/report" "$@" "$work/catalogue" > "$work/summary" 2> "$work/errors" &
    harness=$!
    memory=()
    highest=0
    # Once it has ended, its status has no such line any more.
    while now=$(grep -E '^Vm(HWM|RSS)' /proc/$harness/status 2> /dev/null | awk '{print $2}'); [ -n "$now" ]; do
        read -r -d '' highest resident <<< "$now" || true
        memory+=($((resident / 1024)))
        sleep 0.5
    done
    status=0
    wait $harness || status=$?
    seconds=$(awk -v from="$began" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }')
    times+=("$seconds")
    cat "$work/errors" >&2
    # Whatever its verdicts are, a run is measured; one that was refused or stopped is none.
    case $status in 64 | 1??) exit "$status" ;; esac
    tail -n 1 "$work/summary"
    echo "run $run: $seconds s, $((highest / 1024)) MB at most, exit code $status"
    # Every fifth second.
    for ((at = 0; at < ${#memory[@]}; at += 10)); do printf '%s ' "${memory[at]}"; done
    echo "MB as it went"
done
printf '%s\n' "${times[@]}" | sort -n | awk '{ t[NR] = $1 } END { print "median of " NR ": " t[int((NR + 1) / 2)] " s" }'
