# The containers of the stack: which there are, whether they are ready, and where they can be reached. Sourced.
# shellcheck shell=bash disable=SC2154 # variables of the start script

# Reads the state of all containers of this project: one line each with service, status, health, exit code and id; also
# the services that run and the ports of the host they hold. Containers of `docker-compose run` are no part of it.
look_at_containers() {
  container_ids=$(COMPOSE_PROFILES=full compose ps -a -q 2>/dev/null)
  look_again
}

# The same for the containers that were found: one call, however many there are.
look_again() {
  containers=
  running=
  own_ports=
  [ -n "$container_ids" ] || return 0
  local all one_off service status rest ports
  # `index`, because a container without a health check has no such key, which a plain .State.Health stumbles over.
  # shellcheck disable=SC2086 # a list of ids
  all=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.oneoff"}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{with index .State "Health"}}{{.Status}}{{else}}none{{end}} {{.State.ExitCode}} {{.Id}} ports{{range .NetworkSettings.Ports}}{{range .}} {{.HostPort}}{{end}}{{end}}' $container_ids 2>/dev/null)
  while read -r one_off service status rest; do
    case $one_off in '' | [Tt]rue) continue ;; esac
    ports=${rest#*ports}
    containers="$containers$service $status ${rest%% ports*}
"
    [ "$status" = running ] || continue
    running="$running $service"
    own_ports="$own_ports$ports"
  done <<EOF
$all
EOF
}

# How many containers of a service run.
count_of() { printf '%s' "$containers" | awk -v name="$1" '$1 == name && $2 == "running"' | wc -l | tr -d ' '; }

ids_of() { printf '%s' "$containers" | awk -v name="$1" '$1 == name { print $5 }'; }

# The run id of the load generators that run; nothing when none does.
run_of_app() {
  local id
  id=$(printf '%s' "$containers" | awk '$1 == "redis-test-app" && $2 == "running" { print $5; exit }')
  [ -z "$id" ] || docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$id" 2>/dev/null | sed -n 's/^RUN_ID=//p'
}

# GET on a port of this machine: did it say 200.
says_ok() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    IFS= read -r -t 3 line <&3
    case $line in *' 200 '*) exit 0 ;; *) exit 1 ;; esac
  ) 2>/dev/null
}

# ready, failed, or what it waits for.
state_of_container() { # service status health exit-code
  case $2.$3 in
    running.healthy) echo ready ;;
    running.none)
      # The collector's image cannot ask itself, so we do.
      if [ "$1" != otel-collector ] || ! is_engine_here || says_ok "$(port_of otel-collector COLLECTOR_HEALTH_PORT)" /; then
        echo ready
      else
        echo starting
      fi
      ;;
    running.*) echo "$3" ;;
    # A run with a duration may be over already, and the cluster is made by a service that ends.
    exited.* | dead.*)
      case $1 in
        redis-test-app | redis-cluster-init) if [ "$4" = 0 ]; then echo ready; else echo failed; fi ;;
        *) echo exited ;;
      esac
      ;;
    *) echo "$2" ;;
  esac
}

# The worst state of a service's containers.
state_of() {
  local service status health code state=missing
  while read -r service status health code _; do
    [ "$service" = "$1" ] || continue
    state=$(state_of_container "$service" "$status" "$health" "$code")
    [ "$state" = ready ] || break
  done <<EOF
$containers
EOF
  printf '%s' "$state"
}

# What is not ready, with the last it said.
report_not_ready() {
  local service id state
  for service in $1; do
    state=$(state_of "$service")
    [ "$state" != ready ] || continue
    printf '\n%s is not ready (%s)\n' "$service" "$state" >&2
    for id in $(ids_of "$service"); do
      docker logs --tail 15 "$id" 2>&1 | sed 's/^/    /' >&2
    done
  done
}

wait_until_ready() {
  local began=$SECONDS service state still waiting count
  waiting="$selected "
  if [ "$replicas" = 0 ]; then waiting=${waiting/ redis-test-app / }; fi
  look_at_containers
  while :; do
    still=
    for service in $waiting; do
      state=$(state_of "$service")
      case $state in
        ready)
          count=$(count_of "$service")
          printf '  %3d s  %s%s\n' $((SECONDS - began)) "$service" "$([ "$count" -le 1 ] || printf ' × %s' "$count")"
          ;;
        # Compose has made all it was told to, so an override file (COMPOSE_FILE) leaves this one out.
        missing)
          if [ -n "$containers" ]; then
            printf '  %3d s  %s is left out\n' $((SECONDS - began)) "$service"
          else
            still="$still $service"
          fi
          ;;
        failed)
          report_not_ready "$service"
          die "$service ended with an error; what it said is above"
          ;;
        *) still="$still $service" ;;
      esac
    done
    waiting=$still
    [ -n "$waiting" ] || return 0
    if [ $((SECONDS - began)) -ge "$timeout" ]; then
      report_not_ready "$waiting"
      die "not ready after $timeout s:$waiting; what they said is above (--timeout waits longer)"
    fi
    sleep 1
    look_again
  done
}

# Grafana takes the password from .env when its volume is new. With an older volume it has another one: set ours.
match_grafana_password() {
  has_word "$running" grafana || return 0
  # shellcheck disable=SC2016 # expanded in the container
  compose exec -T grafana sh -c '
    [ -n "$GF_SECURITY_ADMIN_PASSWORD" ] || exit 0
    # Over standard input: an argument could be read by others.
    printf "user = \"admin:%s\"\n" "$(printf %s "$GF_SECURITY_ADMIN_PASSWORD" | sed "s/[\\\"]/\\\\&/g")" |
      curl -fs -o /dev/null -K - http://127.0.0.1:3000/api/org ||
      printf %s "$GF_SECURITY_ADMIN_PASSWORD" | grafana cli admin reset-admin-password --password-from-stdin
  ' >/dev/null 2>&1 || say "could not check Grafana's password; docs/observability/stack.md says how to set it"
}

print_address() { # service variable scheme what
  has_word "$running" "$1" || return 0
  printf '  %-14s %s127.0.0.1:%s  %s\n' "$1" "$3" "$(port_of "$1" "$2")" "$4"
}

print_addresses() {
  if [ -z "$running" ]; then say 'nothing runs' && return 0; fi
  echo
  print_address grafana GRAFANA_PORT http:// "dashboards; to change things: user admin, password in $root/.env"
  print_address prometheus PROMETHEUS_PORT http:// 'metrics and alerts'
  print_address jaeger JAEGER_PORT http:// 'traces'
  print_address alertmanager ALERTMANAGER_PORT http:// 'notifications'
  print_address zipkin ZIPKIN_PORT http:// 'traces'
  print_address pyroscope PYROSCOPE_PORT http:// 'profiles'
  print_address kibana KIBANA_PORT http:// 'logs and traces'
  print_address alloy ALLOY_PORT http:// 'collection of logs; read them in Grafana'
  print_address tempo TEMPO_PORT http:// 'API only; read traces in Grafana'
  print_address otel-collector OTLP_GRPC_PORT '' 'OTLP over gRPC, for a redis-test on this machine'
  print_address redis REDIS_HOST_PORT '' 'Redis'
  printf '\nStop it: ./%s --down\n' "$program"
}
