#!/bin/sh
# Fetch the tools that some tests need beyond Python; without them those tests are skipped.
set -eu
cd "$(dirname "$0")/.."

browser() {
    [ -n "${COUNTERSIGN_CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

install_browser() {
    echo "Installing Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
}

if ! browser; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        install_browser || echo "Chromium could not be installed: the browser tests are skipped."
    else
        echo "No Chromium found, and only root can install it: the browser tests are skipped."
    fi
fi

find tests -name package-lock.json -not -path '*/node_modules/*' | while read -r lock; do
    folder=$(dirname "$lock")
    if [ "$folder/node_modules/.package-lock.json" -nt "$lock" ]; then
        continue
    elif command -v npm >/dev/null 2>&1; then
        npm ci --prefix "$folder" --silent --no-audit --no-fund </dev/null ||
            echo "npm could not install $folder: its tests are skipped."
    else
        echo "No npm found: the tests in $folder are skipped."
    fi
done
