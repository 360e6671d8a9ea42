# Docker and Compose: are they there, new enough, and large enough. Sourced.
# shellcheck shell=bash disable=SC2154 # variables of the start script

# Whether version $1 is at least $2.$3
at_least() {
  local major minor
  major=${1#v}
  minor=${major#*.}
  major=${major%%.*}
  minor=${minor%%[!0-9]*}
  case $major in '' | *[!0-9]*) return 1 ;; esac
  [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "${minor:-0}" -ge "$3" ]; }
}

check_docker() {
  command -v docker >/dev/null 2>&1 ||
    fail 'docker is not installed: get Docker Engine 20.10 or newer, or Docker Desktop (https://docs.docker.com/get-docker/)'
  local engine
  if ! engine=$(docker version --format '{{.Server.Version}}' 2>&1); then
    case $engine in
      *'permission denied'*) fail 'no permission to use Docker: join the group docker (sudo usermod -aG docker YOUR_NAME, then log in again)' ;;
      *) fail "the Docker engine does not answer${DOCKER_HOST:+ at $DOCKER_HOST}: start Docker Desktop, or: sudo systemctl start docker" ;;
    esac
  fi
  at_least "$engine" 20 10 || fail "Docker Engine $engine is too old: the stack needs 20.10 or newer"
}

# Compose v2 (docker compose) before v1 (docker-compose).
find_compose() {
  local version
  if version=$(docker compose version --short 2>/dev/null) && [ -n "$version" ]; then
    compose_command=(docker compose)
  elif command -v docker-compose >/dev/null 2>&1 && version=$(docker-compose version --short 2>/dev/null); then
    compose_command=(docker-compose)
  else
    fail 'Docker Compose is not installed: get the Compose plugin (https://docs.docker.com/compose/install/), or docker-compose 1.29'
  fi
  at_least "$version" 1 29 || fail "Compose $version is too old: the stack needs the Compose plugin 2, or docker-compose 1.29 or newer"
}

# In the root of the repository, so that COMPOSE_FILE and an override file count as they do by hand.
compose() { "${compose_command[@]}" "$@"; }

check_compose_file() {
  local problem
  problem=$(compose config --quiet 2>&1) || fail "docker-compose.yml, .env or a variable is wrong: $(printf '%s' "$problem" | tr '\n' ' ')"
}

# MiB that a profile takes when it works, not what it is limited to.
need_of_profile() {
  case $1 in
    core) echo 2560 ;;
    alerting | exporters) echo 64 ;;
    logs) echo 704 ;;
    tempo | zipkin | profiling) echo 512 ;;
    elk) echo 2816 ;;
    cluster) echo 256 ;;
    sentinel) echo 192 ;;
    full) echo 5632 ;;
  esac
}

gib() { awk -v mib="$1" 'BEGIN { printf "%.1f GiB", mib / 1024 }'; }

check_memory() {
  local bytes processors needed name has
  read -r bytes processors <<EOF
$(docker info --format '{{.MemTotal}} {{.NCPU}}' 2>/dev/null)
EOF
  # Compose refuses a service more processors than there are.
  if [ "${processors:-2}" = 1 ] && [ -z "$(setting APP_CPUS)" ]; then export APP_CPUS=1; fi
  needed=$(need_of_profile core)
  if has_word "$profiles" full; then
    needed=$((needed + $(need_of_profile full)))
  else
    for name in $profiles; do needed=$((needed + $(need_of_profile "$name"))); done
  fi
  has=$((${bytes:-0} / 1048576))
  # What the kernel keeps to itself is missing in what Docker tells.
  if [ "$has" -gt 0 ] && [ $((has * 108 / 100)) -lt "$needed" ] && [ "$is_forced" != yes ]; then
    fail "Docker has $(gib "$has") of memory, and $(describe_profiles) needs $(gib "$needed"): take fewer profiles, give Docker more (Docker Desktop: Settings, Resources), or say --force"
  fi
}

describe_profiles() { printf 'the core%s' "${profiles:+ with ${profiles// /, }}"; }
