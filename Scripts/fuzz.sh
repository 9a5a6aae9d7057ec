#!/usr/bin/env bash
# Fuzzes every parser, each for so many seconds (60 by default), beginning with its corpus. A finding is written beside the
# project's folder as crash-*; make it a vector of the parser's tests.
set -euo pipefail
seconds=${1:-60}
export FUZZ=1
# Swift's own crash handler would take the signal before the fuzzer can write what caused it.
export SWIFT_BACKTRACE=enable=no
# A pointer that has an enum's case in its spare bits is none for the leak detector, and every table of types is a leak then.
export ASAN_OPTIONS=detect_leaks=0
for product in FuzzClientHello FuzzProxyHeader FuzzMuxado FuzzExpression; do
    swift build -c release --scratch-path .build-fuzz --product "$product" --sanitize fuzzer --sanitize address
    corpus="Tests/Corpora/${product#Fuzz}"
    grown=$(mktemp -d)
    echo "fuzz: $product for $seconds s"
    ".build-fuzz/release/$product" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 "$grown" "$corpus"
    rm -rf "$grown"
done
