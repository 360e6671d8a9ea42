#!/bin/sh
# Starts a node of the profile `sentinel`, in the place it has now: a failover may have happened since it last ran.
#
#   sentinel-start.sh sentinel              a Sentinel
#   sentinel-start.sh primary|replica       a Redis server, and what it is when nobody knows better
set -eu
role=$1
folder=/etc/redis-test

# The address of the primary, from the first Sentinel that names one that answers as such.
current_primary() {
  for sentinel in redis-sentinel-1 redis-sentinel-2 redis-sentinel-3; do
    found=$(timeout 3 redis-cli -h "$sentinel" -p 26379 sentinel get-master-addr-by-name redis-test 2>/dev/null | head -n 1)
    case $found in '' | *[!0-9.]*) continue ;; esac
    if [ "$(timeout 3 redis-cli -h "$found" role 2>/dev/null | head -n 1)" = master ]; then
      printf '%s' "$found"
      return
    fi
  done
}

address_of() { getent hosts "$1" | { read -r address rest && printf '%s' "$address"; }; }

primary=$(current_primary)
if [ -z "$primary" ] && [ "$role" != primary ]; then primary=$(address_of redis-primary); fi

if [ "$role" = sentinel ]; then
  {
    cat "$folder/sentinel.conf"
    printf 'sentinel monitor redis-test %s 6379 2\n' "$primary"
    # Quick enough to watch a failover in a run of a minute.
    printf 'sentinel down-after-milliseconds redis-test 5000\n'
    printf 'sentinel failover-timeout redis-test 30000\n'
    printf 'sentinel parallel-syncs redis-test 1\n'
  } >/data/sentinel.conf
  exec redis-server /data/sentinel.conf --sentinel
fi
if [ -n "$primary" ] && [ "$primary" != "$(hostname -i)" ]; then
  exec redis-server "$folder/redis.conf" --replicaof "$primary" 6379
fi
exec redis-server "$folder/redis.conf"
