#!/bin/sh
# Like the entrypoint of the official image: options, or what is no program, go to node.
set -eu
if [ "${1#-}" != "${1-}" ] || [ -z "$(command -v "${1-}")" ]; then set -- node "$@"; fi
exec "$@"
