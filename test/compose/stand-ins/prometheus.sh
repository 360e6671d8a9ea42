#!/bin/sh
# Debian's Prometheus 2.42 behind the command line of 3.x.
#
# left out                      | why
# --web.enable-otlp-receiver    | 2.47 and newer; our metrics come by scrape
# --storage.tsdb.delay-compact-file.path, --auto-gomaxprocs, --auto-gomemlimit | 3.x; tuning only
# --enable-feature=X for an X that 2.42 does not know | it refuses to start
set -eu
for argument in "$@"; do
  shift
  case $argument in
    --web.enable-otlp-receiver | --auto-gomaxprocs | --no-auto-gomaxprocs | --auto-gomemlimit | --no-auto-gomemlimit) ;;
    --auto-gomemlimit.ratio=* | --storage.tsdb.delay-compact-file.path=*) ;;
    --enable-feature=*)
      known=
      for feature in $(echo "${argument#*=}" | tr , ' '); do
        case $feature in
          exemplar-storage | memory-snapshot-on-shutdown | native-histograms | extra-scrape-metrics | promql-per-step-stats)
            known=$known,$feature
            ;;
        esac
      done
      if [ -n "$known" ]; then set -- "$@" "--enable-feature=${known#,}"; fi
      ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec /usr/bin/prometheus "$@"
