#!/bin/sh
# Renew the locks: hashes only, no index and no host in them. Needs uv.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"; }
lock pyproject.toml requirements/build.in --group dev -o requirements/dev.txt
lock pyproject.toml requirements/build.in -c requirements/dev.txt -o requirements/run.txt
lock --group peers -c requirements/dev.txt -o requirements/peers.txt
lock requirements/node.in -o requirements/node.txt
