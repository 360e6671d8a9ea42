# Settings, profiles and the .env file of the stack. Sourced.
# shellcheck shell=bash disable=SC2154 # variables of the start script

ALL_PROFILES='alerting logs tempo zipkin profiling exporters elk cluster sentinel full'

# a,b c → a b c
split_list() { printf '%s' "$*" | tr ',' ' '; }

# Whether a word is in a list.
has_word() {
  case " $1 " in *" $2 "*) return 0 ;; *) return 1 ;; esac
}

# Reads .env once: NAME=value lines, without quotes and comments.
read_env_file() {
  env_settings=
  [ -f .env ] || return 0
  env_settings=$(tr -d '\r' <.env | sed -n -e 's/^[[:space:]]*//' -e 's/^export[[:space:]]\{1,\}//' \
    -e '/^[A-Za-z_][A-Za-z0-9_]*[[:space:]]*=/!d' -e 's/[[:space:]]*=[[:space:]]*/=/' \
    -e 's/^\([^=]*\)="\(.*\)".*/\1=\2/' -e t1 -e "s/^\([^=]*\)='\(.*\)'.*/\1=\2/" -e t1 \
    -e 's/[[:space:]]\{1,\}#.*$//' -e 's/[[:space:]]*$//' -e :1 -e p)
}

# A setting as Compose sees it: the environment, then the last line of .env that has it, then the default.
setting() {
  local value=${!1-} line
  if [ -z "$value" ]; then
    while IFS= read -r line; do
      [ "${line%%=*}" != "$1" ] || value=${line#*=}
    done <<EOF
$env_settings
EOF
  fi
  printf '%s' "${value:-${2-}}"
}

# The profiles asked for by option, environment or .env, checked; Compose reads them from COMPOSE_PROFILES.
select_profiles() {
  local name known=
  for name in $profiles $(split_list "$(setting COMPOSE_PROFILES)"); do
    has_word "$ALL_PROFILES" "$name" || usage_error "unknown profile '$name'; there are: $ALL_PROFILES"
    has_word "$known" "$name" || known="$known $name"
  done
  profiles=${known# }
  COMPOSE_PROFILES=$(printf '%s' "$profiles" | tr ' ' ',')
  export COMPOSE_PROFILES
}

# Grafana's password, made once. Only this goes into .env, which redis-test itself reads too: nothing there may change
# what a run on the host does. What is in the file stays as it is.
make_password() {
  [ -z "$(setting GRAFANA_ADMIN_PASSWORD)" ] || return 0
  local password
  password=$(LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom 2>/dev/null | head -c 24)
  [ ${#password} -eq 24 ] || die 'could not make a password out of /dev/urandom'
  (
    umask 077
    # A last line without an end would swallow ours.
    if [ -s .env ] && [ -n "$(tail -c 1 .env)" ]; then printf '\n' >>.env; fi
    printf 'GRAFANA_ADMIN_PASSWORD=%s\n' "$password" >>.env
  ) 2>/dev/null || fail "cannot write $root/.env: make it writable, or set GRAFANA_ADMIN_PASSWORD"
  chmod 600 .env
  say "made a password for Grafana's user admin: GRAFANA_ADMIN_PASSWORD in $root/.env"
}

# Points the collector and Grafana at the optional back ends of this start, and at those that still run from another.
select_overlays() {
  local pair service variable
  for pair in tempo:TEMPO zipkin:ZIPKIN loki:LOKI elasticsearch:ELASTICSEARCH pyroscope:PYROSCOPE alertmanager:ALERTMANAGER; do
    service=${pair%:*}
    variable=OVERLAY_${pair#*:}
    [ -z "$(setting "$variable")" ] || continue
    if has_word "$selected" "$service" || has_word "$running" "$service"; then
      export "$variable=$service"
    fi
  done
}

# The run: the one given, else the one that is going on, else a new one. In the environment, not in .env, where it would
# name every later run on the host too. Replicas that run are kept, unless another number is given.
select_run() {
  local current
  current=$(run_of_app)
  if [ -n "$given_run_id" ]; then RUN_ID=$given_run_id; else RUN_ID=$(setting RUN_ID); fi
  RUN_ID=${RUN_ID:-${current:-run-$(date +%Y%m%d-%H%M%S)}}
  case $RUN_ID in *[!A-Za-z0-9._-]*) usage_error "a run id has letters, digits, . _ and - only, not '$RUN_ID'" ;; esac
  export RUN_ID
  [ -n "$replicas" ] || { has_word "$running" redis-test-app && replicas=$(count_of redis-test-app); }
}

describe_selection() {
  local load=${replicas:-1}
  printf 'the core%s · %s load generator%s · run %s' "${profiles:+ and ${profiles// /, }}" "$load" \
    "$([ "$load" = 1 ] || printf s)" "$RUN_ID"
}
