#!/usr/bin/env bash
# Installs what the tests need from Debian: Chromium, for the end-to-end test of the SDK in a browser, and bubblewrap, the
# second wall around programs. Does nothing when they are there already, so it is safe to run before every test run.
set -euo pipefail

missing=()
for program in chromium:chromium bwrap:bubblewrap prlimit:util-linux ps:procps; do
  command="${program%%:*}"
  if command -v "$command" > /dev/null; then
    echo "$command: present ($(command -v "$command"))"
  else
    missing+=("${program##*:}")
  fi
done
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
  echo "Missing: ${missing[*]}, and this system has no apt-get. Install them so that their commands exist." >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null || ! sudo -n true 2> /dev/null; then
    echo "Missing: ${missing[*]}; installing needs root. Run as root: tools/system/install-debian.sh" >&2
    exit 1
  fi
  as_root=(sudo)
fi

"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
