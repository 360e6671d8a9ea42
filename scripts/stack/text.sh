# What the start script says, and how it ends. Sourced.
# shellcheck shell=bash disable=SC2154 # variables of the start script

say() { printf '%s\n' "$*"; }

# Something went wrong that is not the user's mistake: exit code 1.
die() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 1
}

# A mistake, or something missing on this machine: one line with what, where and what to do; exit code 2.
fail() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 2
}

usage_error() { fail "$* (see ./$program --help)"; }

print_help() {
  cat <<'EOF'
Starts Redis, the load test, the collector, Prometheus, Grafana and Jaeger, waits until they are ready, and prints where
they are. Everything is on 127.0.0.1.

  ./start-observability-stack.sh                              the core
  ./start-observability-stack.sh --profile logs,tempo         with more back ends
  ./start-observability-stack.sh --scale 3                    three load generators, one run
  ./start-observability-stack.sh --down                       stop; data is kept

Starting
  -p, --profile NAME   start this too; repeatable, and a list with commas will do:
                         alerting   Alertmanager
                         logs       Loki and Alloy
                         tempo      Tempo
                         zipkin     Zipkin
                         profiling  Pyroscope: CPU and heap profiles of the load test
                         exporters  redis_exporter and node_exporter
                         elk        Elasticsearch and Kibana
                         cluster    a Redis Cluster of six nodes
                         sentinel   a primary, two replicas and three Sentinels
                         full       all of them
      --scale N        so many load generators; default: as many as run, or one
      --run-id ID      the run they belong to; default: the one that runs, or a new one
      --build          build the image of the load test first (default)
      --no-build       use the image there is
      --timeout S      give up after so many seconds of waiting; default 180
      --force          start although memory or ports do not suffice

Looking and stopping
      --status         what runs, and where
      --logs [SERVICE] follow the logs
      --down           stop and remove the containers; volumes are kept
      --clean          the same, and remove the volumes: all metrics, traces, logs and results
  -y, --yes            do not ask (--clean)
  -h, --help           this text

Settings are read from the environment and from .env: ports (GRAFANA_PORT …), the load (TEST_TARGET_OPS_PER_SECOND,
TEST_WORKLOAD_PROFILE …) and how long data is kept. All of them: docs/observability/stack.md

Exit codes: 0 ready · 1 it did not become ready · 2 something to put right first: an option, Docker, memory, a port
EOF
}
