# Services of docker-compose.yml, their profiles and the ports of the host they want. Sourced.
# shellcheck shell=bash disable=SC2154 # variables of the start script

# One line for each service: its name, its profiles (- for the core), and VARIABLE:port of each published port. Read from
# docker-compose.yml, so that there is one list.
read_service_table() {
  service_table=$(awk '
    function flush() { if (name != "") print name, (profiles == "" ? "-" : profiles) ports }
    /^[a-z]/ { flush(); name = ""; inside = ($1 == "services:"); next }
    !inside { next }
    /^  [a-z0-9-]+:$/ { flush(); name = $1; sub(/:$/, "", name); profiles = ""; ports = ""; next }
    /^    profiles: \[/ { profiles = $0; gsub(/^ *profiles: \[|\].*$| /, "", profiles) }
    /127\.0\.0\.1:\$\{[A-Z_]+:-[0-9]+\}:/ {
      port = $0; sub(/^[^{]*\{/, "", port); sub(/\}.*$/, "", port); sub(/:-/, ":", port); ports = ports " " port
    }
    END { flush() }
  ' docker-compose.yml)
}

# The services of the core and of the chosen profiles.
select_services() {
  local name of rest one
  selected=
  while read -r name of rest; do
    for one in $(split_list "$of"); do
      if [ "$one" = - ] || has_word "$profiles" "$one"; then selected="$selected $name" && break; fi
    done
  done <<EOF
$service_table
EOF
}

# VARIABLE:port … of a service
ports_of() {
  local name of rest
  while read -r name of rest; do
    [ "$name" != "$1" ] || printf '%s' "$rest"
  done <<EOF
$service_table
EOF
}

# The port of the host that a variable of a service stands for.
port_of() {
  local pair
  for pair in $(ports_of "$1"); do
    if [ "${pair%:*}" = "$2" ]; then setting "$2" "${pair#*:}"; fi
  done
}

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Ports of this machine tell nothing about an engine elsewhere.
is_engine_here() {
  local host=${DOCKER_HOST:-}
  [ -n "$host" ] || host=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)
  case $host in '' | unix://* | npipe://*) return 0 ;; *) return 1 ;; esac
}

# Who has a port, as far as this user may know.
holder_of() {
  local found
  found=$(docker ps --filter "publish=$1" --format '{{.Names}}' 2>/dev/null | head -n 1)
  if [ -n "$found" ]; then printf 'the container %s' "$found" && return; fi
  found=$(ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n 1)
  [ -n "$found" ] || found=$(lsof -nP -iTCP:"$1" -sTCP:LISTEN 2>/dev/null | awk 'NR == 2 { print $1 " (process " $2 ")" }')
  printf '%s' "${found:-another program}"
}

# Every port that is taken, by others than this stack, is named at once.
check_ports() {
  [ "$is_forced" != yes ] && is_engine_here || return 0
  local service pair variable port problems=0 seen=
  for service in $selected; do
    for pair in $(ports_of "$service"); do
      variable=${pair%:*}
      port=$(setting "$variable" "${pair#*:}")
      case $port in
        '' | *[!0-9]* | ??????*) fail "$variable is '$port', which is not a port" ;;
        *) [ "$port" -le 65535 ] || fail "$variable is $port, which is not a port" ;;
      esac
      if has_word "$seen" "$port"; then
        printf '%s: port %s is wanted twice: set %s (%s) to another one\n' "$program" "$port" "$variable" "$service" >&2
        problems=$((problems + 1))
      elif ! has_word "$own_ports" "$port" && is_listening "$port"; then
        printf '%s: port %s (%s) is in use by %s: stop that, or set %s to another port, in .env or the environment\n' \
          "$program" "$port" "$service" "$(holder_of "$port")" "$variable" >&2
        problems=$((problems + 1))
      fi
      seen="$seen $port"
    done
  done
  [ "$problems" -eq 0 ] || exit 2
}
