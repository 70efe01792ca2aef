# Chromium for the test of the live page, where there is none and this is root on Debian. It never fails a run: without it that test is
# skipped, and counted.

find_chromium() {
  if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then return; fi
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo 'There is no Chromium, and this is not root on Debian.'; return; }
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  { timeout 60 apt-get update -qq && timeout 240 apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1
  if command -v chromium >/dev/null; then echo 'Chromium was installed for the tests.'; else echo "Chromium could not be installed here: $(tail -n 1 "$log")"; fi
  rm -f "$log"
}
