# Docker Engine for the tests that need one, where there is none and this is root on Debian. It never fails a run: without an
# Engine those tests are skipped, and counted.

ENGINE_DIR=

# Whether it really runs containers, with limits: inside of some machines it starts and cannot. What is run is the Engine's own init.
engine_runs_containers() {
  local init
  init=$(readlink -f "$(command -v docker-init)") || return 1
  tar -C "$(dirname "$init")" -c "$(basename "$init")" | timeout 20 docker import - ringhold-local/probe:1 &&
    timeout 20 docker run --rm --network host --memory 16m --cpus 0.5 --pids-limit 16 ringhold-local/probe:1 "/$(basename "$init")" --version
}

engine_answers() {
  if command -v docker >/dev/null; then timeout 10 docker version >/dev/null 2>&1; else [ -S /var/run/docker.sock ]; fi
}

start_engine() {
  if [ "$(id -u)" != 0 ] || engine_answers; then return; fi
  ENGINE_DIR=$(mktemp -d)
  local socket=$ENGINE_DIR/docker.sock log=$ENGINE_DIR/log
  if ! command -v dockerd >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { timeout 60 apt-get update -qq && timeout 120 apt-get install -y -qq --no-install-recommends docker.io iptables; } >"$log" 2>&1
  fi
  if command -v dockerd >/dev/null; then
    # Nodes use the network of the machine: its firewall, routes and bridges stay as they are.
    dockerd --data-root "$ENGINE_DIR/data" --exec-root "$ENGINE_DIR/exec" -H "unix://$socket" --pidfile "$ENGINE_DIR/pid" --bridge=none \
      --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >>"$log" 2>&1 &
    for _ in $(seq 100); do [ -S "$socket" ] && break; sleep 0.2; done
    export DOCKER_HOST=unix://$socket
    if engine_runs_containers >>"$log" 2>&1; then
      echo 'Docker Engine was started for the tests.'
      return
    fi
  fi
  echo "Docker Engine could not be started here: $(tail -n 1 "$log")"
  stop_engine
  unset DOCKER_HOST
}

# Its containers end with it.
stop_engine() {
  [ -n "$ENGINE_DIR" ] || return 0
  local pid
  if pid=$(cat "$ENGINE_DIR/pid" 2>/dev/null) && kill "$pid" 2>/dev/null; then
    for _ in $(seq 75); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
    kill -9 "$pid" 2>/dev/null
  fi
  # The namespace of the host network, which it leaves mounted.
  umount "$ENGINE_DIR"/exec/netns/* 2>/dev/null
  rm -rf --one-file-system "$ENGINE_DIR"
  ENGINE_DIR=
}
