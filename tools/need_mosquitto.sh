#!/bin/sh
# The MQTT tests talk to Debian's mosquitto; without it they are skipped, and say so. Its service is not left running.
set -eu
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'set-up: mosquitto for the MQTT tests'
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mosquitto >/dev/null 2>&1
    [ -d /run/systemd/system ] && systemctl --quiet disable --now mosquitto
    exit 0
fi
echo 'the MQTT tests are skipped without mosquitto; install it with: sudo apt-get install mosquitto' >&2
