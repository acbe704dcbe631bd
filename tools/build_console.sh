#!/bin/sh
# Install the console's packages from its lock and build it into src/vedette/console/static.
set -eu
venv=$1
tools/with_node.sh "$venv" npm --prefix console ci --no-audit --no-fund --loglevel=error
tools/with_node.sh "$venv" npm --prefix console run --silent build
