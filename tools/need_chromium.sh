#!/bin/sh
# The browser tests drive Debian's Chromium.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'set-up: chromium for the browser tests'
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null 2>&1
else
    echo "the browser tests need Chromium; install it with: sudo apt-get install chromium" >&2
    exit 1
fi
