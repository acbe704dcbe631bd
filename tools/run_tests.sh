#!/bin/sh
# All tests: the rooms that need coverage with it, the kernels again without compiling, the others (the slower ones) without,
# and the console's unit tests.
set -eu
bin=$1
root=$(pwd)
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
measured='tests/model tests/test_geo.py tests/wire tests/tracking tests/sensing tests/assessment tests/post tests/record'
pytest() { "$bin/python" -m pytest -q -n 2 --dist loadfile "$@"; }

# shellcheck disable=SC2086 # a list of folders
COVERAGE_FILE=$data/compiled pytest --cov=vedette --cov-branch --cov-report= $measured
COVERAGE_FILE=$data/plain NUMBA_DISABLE_JIT=1 pytest -p no:cacheprovider -m kernels \
    --cov=vedette --cov-branch --cov-report= tests/tracking tests/sensing
export COVERAGE_FILE="$data/all"
"$bin/coverage" combine -q "$data/compiled" "$data/plain"
echo 'branch coverage by a room'"'"'s own tests, per cent:'
for room in model geo wire tracking assessment post record; do
    printf '%-12s' "$room"
    "$bin/coverage" report --include="$root/src/vedette/$room/*,$root/src/vedette/$room.py" --fail-under=90 --format=total ||
        { echo "branch coverage of $room is below 90 %" >&2; exit 1; }
done
# shellcheck disable=SC2086,SC2046
pytest tests $(printf -- '--ignore=%s ' $measured)
tools/with_node.sh "$(dirname "$bin")" npm --prefix console test --silent
