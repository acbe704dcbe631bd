#!/bin/sh
# All tests: the Python suite with branch coverage, the kernels again without compiling, the console's unit tests.
set -eu
bin=$1
root=$(pwd)
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
COVERAGE_FILE=$data/compiled "$bin/python" -m pytest -q -n 2 --dist loadfile --cov=vedette --cov-branch --cov-report=
COVERAGE_FILE=$data/plain NUMBA_DISABLE_JIT=1 "$bin/python" -m pytest -q -n 2 -p no:cacheprovider -m kernels \
    --cov=vedette --cov-branch --cov-report= tests/tracking tests/sensing
export COVERAGE_FILE=$data/all
"$bin/coverage" combine -q "$data/compiled" "$data/plain"
echo 'branch coverage, per cent:'
for room in model geo wire tracking assessment post record; do
    printf '%-12s' "$room"
    "$bin/coverage" report --include="$root/src/vedette/$room/*,$root/src/vedette/$room.py" --fail-under=90 --format=total ||
        { echo "branch coverage of $room is below 90 %" >&2; exit 1; }
done
tools/with_node.sh "$(dirname "$bin")" npm --prefix console test --silent
