#!/usr/bin/env bash
# Runs the suite against another edge. What fails there is known: Scenarios/Targets/<edge>/waivers.yaml says what and why,
# so that a new failure, or one that has gone away, ends non-zero.
set -euo pipefail
exec .build/release/shakedown run --target "$1" --report "Reports/test-$1"
