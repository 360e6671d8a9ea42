#!/usr/bin/env bash
# Starts the observability stack, waits until it is ready, and prints where everything is. docs/observability/stack.md
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
program=$(basename "${BASH_SOURCE[0]}")

# shellcheck source=scripts/stack/text.sh
. "$root/scripts/stack/text.sh"
# shellcheck source=scripts/stack/environment.sh
. "$root/scripts/stack/environment.sh"
# shellcheck source=scripts/stack/engine.sh
. "$root/scripts/stack/engine.sh"
# shellcheck source=scripts/stack/ports.sh
. "$root/scripts/stack/ports.sh"
# shellcheck source=scripts/stack/readiness.sh
. "$root/scripts/stack/readiness.sh"

command=start
profiles=
replicas=
build=--build
log_service=
timeout=180
is_sure=no
is_forced=no
given_run_id=

# The command of an option; two of them are a mistake.
choose() {
  [ "$command" = start ] || usage_error "--$command and --$1 exclude each other"
  command=$1
}

# The value of an option that needs one.
need_value() {
  case ${2-} in '' | -*) usage_error "$1 needs a value" ;; esac
}

need_number() {
  case $2 in '' | *[!0-9]*) usage_error "$1 needs a whole number, not '$2'" ;; esac
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" && continue ;;
      -p | --profile) need_value "$@" && profiles="$profiles $(split_list "$2")" && shift ;;
      --scale) need_value "$@" && need_number "$@" && replicas=$((10#$2)) && shift ;;
      --run-id) need_value "$@" && given_run_id=$2 && shift ;;
      --timeout) need_value "$@" && need_number "$@" && timeout=$((10#$2)) && shift ;;
      --build) build=--build ;;
      --no-build) build=--no-build ;;
      --force) is_forced=yes ;;
      --down) choose down ;;
      --clean) choose clean ;;
      -y | --yes) is_sure=yes ;;
      --status) choose status ;;
      --logs)
        choose logs
        case ${2-} in '' | -*) ;; *) log_service=$2 && shift ;; esac
        ;;
      -h | --help) print_help && exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
}

start() {
  read_service_table
  select_profiles
  select_services
  check_memory
  look_at_containers
  check_ports
  make_password
  select_overlays
  select_run
  check_compose_file

  say "starting $(describe_selection)"
  set -- up -d "$build"
  [ -z "$replicas" ] || set -- "$@" --scale "redis-test-app=$replicas"
  if ! compose "$@"; then
    look_at_containers
    report_not_ready "$selected"
    die "the stack did not start; what it said is above"
  fi
  wait_until_ready
  match_grafana_password
  print_addresses
}

# Everything of this project goes, whichever profiles it was started with; volumes stay.
stop() {
  COMPOSE_PROFILES=full compose down --remove-orphans "$@" || die 'docker could not take the stack down; what it said is above'
}

clean() {
  if [ "$is_sure" != yes ]; then
    [ -t 0 ] || usage_error '--clean removes all metrics, traces, logs and results of the stack: say --yes as well'
    printf 'Remove the stack with all its metrics, traces, logs and results? [y/N] '
    read -r answer
    case $answer in y | Y | yes) ;; *) die 'nothing was removed' ;; esac
  fi
  stop --volumes
  say 'removed, with its volumes; .env is kept'
}

status() {
  read_service_table
  COMPOSE_PROFILES=full compose ps -a || die 'docker could not tell the state of the stack; what it said is above'
  look_at_containers
  print_addresses
}

parse_options "$@"
cd "$root" || die "cannot enter $root"
read_env_file
check_docker
find_compose
case $command in
  start) start ;;
  down) stop && say 'stopped; volumes are kept (--clean removes them)' ;;
  clean) clean ;;
  status) status ;;
  logs)
    # shellcheck disable=SC2086 # no service means all of them
    COMPOSE_PROFILES=full compose logs --follow --tail 100 $log_service
    ;;
esac
