#!/bin/sh
# Makes a Redis Cluster of the given nodes (host:port …), half of them replicas. Running it again changes nothing; when
# the nodes have been created anew, with other addresses, it introduces them to each other again.
set -eu
REPLICAS=${CLUSTER_REPLICAS:-1}
DEADLINE=${CLUSTER_DEADLINE:-60}
started=$(date +%s)

say() { printf 'cluster-init: %s\n' "$*"; }

# Waits for a condition, for what is left of the deadline.
wait_until() {
  what=$1
  shift
  until "$@"; do
    if [ $(($(date +%s) - started)) -ge "$DEADLINE" ]; then
      say "gave up after $DEADLINE s waiting until $what"
      exit 1
    fi
    sleep 0.5
  done
}

ask() { # host:port command…
  node=$1
  shift
  redis-cli -h "${node%:*}" -p "${node#*:}" "$@" 2>/dev/null | tr -d '\r'
}

answers() { [ "$(ask "$1" ping)" = PONG ]; }
info() { ask "$1" cluster info | sed -n "s/^$2://p"; }

# CLUSTER MEET and redis-cli of older versions take addresses only.
address() {
  host=${1%:*}
  found=$(getent hosts "$host" | { read -r first rest && printf '%s' "$first"; }) || found=$host
  printf '%s:%s' "${found:-$host}" "${1#*:}"
}

# Every node sees all slots, all nodes and all replicas, and knows where the others are now: after a start with new
# addresses a cluster looks well until the node timeout.
is_whole() {
  for each in $nodes; do
    [ "$(info "$each" cluster_state)" = ok ] || return 1
    [ "$(info "$each" cluster_slots_ok)" = 16384 ] || return 1
    [ "$(info "$each" cluster_known_nodes)" = "$count" ] || return 1
    list=$(ask "$each" cluster nodes)
    [ "$(printf '%s\n' "$list" | grep -c slave)" = $((count - count / (REPLICAS + 1))) ] || return 1
    case $list in *noaddr* | *fail* | *handshake*) return 1 ;; esac
    for place in $places; do
      printf '%s\n' "$list" | grep -q -e "^${place%=*} .*myself" -e "^${place%=*} ${place#*=}@" || return 1
    done
  done
}

nodes=$*
count=$#
for node in $nodes; do
  wait_until "$node answers" answers "$node"
done
# id=address of each
places=
for node in $nodes; do
  places="$places $(ask "$node" cluster myid)=$(address "$node")"
done

if is_whole; then
  say "the cluster of $count nodes is already there"
  exit 0
fi

first=$1
if [ "$(info "$first" cluster_known_nodes)" -gt 1 ] || [ "$(info "$first" cluster_slots_assigned)" -gt 0 ]; then
  say 'the nodes know a cluster, but do not all see it: introducing them again'
  # Each to each: gossip does not bring back an address that a node has thrown away.
  for node in $nodes; do
    for other in $nodes; do
      to=$(address "$other")
      ask "$node" cluster meet "${to%:*}" "${to#*:}" >/dev/null
    done
  done
else
  addresses=
  for node in $nodes; do
    addresses="$addresses $(address "$node")"
  done
  # shellcheck disable=SC2086 # a list of words
  redis-cli --cluster create $addresses --cluster-replicas "$REPLICAS" --cluster-yes
fi
wait_until 'every node sees the whole cluster' is_whole
say "a cluster of $count nodes"
