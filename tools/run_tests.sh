#!/bin/sh
# All tests: the Python suite with branch coverage, the kernels again without compiling, the console's unit tests.
set -eu
bin=$1
root=$(pwd)
rm -f .coverage .coverage.*
"$bin/coverage" run -m pytest -q
NUMBA_DISABLE_JIT=1 "$bin/coverage" run -m pytest -q -p no:cacheprovider -m kernels tests/tracking tests/sensing
"$bin/coverage" combine -q
"$bin/coverage" report --skip-covered --fail-under=0 | tail -n 25
for room in model geo wire tracking assessment post record; do
    printf '%-12s' "$room"
    "$bin/coverage" report --include="$root/src/vedette/$room/*,$root/src/vedette/$room.py" --fail-under=90 --format=total ||
        { echo "branch coverage of $room is below 90 %" >&2; exit 1; }
done
tools/with_node.sh "$(dirname "$bin")" npm --prefix console test --silent
