#!/usr/bin/env bash
# Installs what the tests need from Debian: Chromium, for the end-to-end test of the SDK in a browser.
# Does nothing when it is there already, so it is safe to run before every test run.
set -euo pipefail

if command -v chromium > /dev/null; then
  echo "chromium: present ($(command -v chromium))"
  exit 0
fi

if ! command -v apt-get > /dev/null; then
  echo "chromium is missing and this system has no apt-get. Install Chromium so that the command \"chromium\" exists." >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null || ! sudo -n true 2> /dev/null; then
    echo "chromium is missing and installing it needs root. Run as root: tools/system/install-debian.sh" >&2
    exit 1
  fi
  as_root=(sudo)
fi

"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium
command -v chromium
