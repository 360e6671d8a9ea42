/**
 * Metrics of the stack that are not ours, by who exposes them: what rules, alerts and dashboards may use besides the
 * catalogue. A name that is not here is probably a typing error; one that is missing is added after a look at the
 * `/metrics` of its source.
 */
export interface MetricSource {
  /** Values of the label `job` of these series. */
  readonly jobs: readonly string[]
  /** Names of series: a histogram stands here with `_bucket`, `_sum` and `_count`. */
  readonly names: readonly string[]
}

function histogram(name: string): string[] {
  return [`${name}_bucket`, `${name}_sum`, `${name}_count`]
}

/** The three signals of the collector count the same things. */
function bySignal(prefix: string): string[] {
  return [`${prefix}_spans_total`, `${prefix}_metric_points_total`, `${prefix}_log_records_total`]
}

export const EXTERNAL_METRICS = {
  /** What Prometheus itself says of every target. */
  scrape: {
    jobs: ['.*'],
    names: [
      'up',
      'scrape_duration_seconds',
      'scrape_samples_scraped',
      'scrape_samples_post_metric_relabeling',
      'scrape_series_added',
    ],
  },
  /** prom-client's default metrics, on the application's `/metrics`. */
  node: {
    jobs: ['redis-test'],
    names: [
      'process_cpu_seconds_total',
      'process_cpu_user_seconds_total',
      'process_cpu_system_seconds_total',
      'process_start_time_seconds',
      'process_resident_memory_bytes',
      'process_heap_bytes',
      'process_open_fds',
      'nodejs_eventloop_lag_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_total_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_external_memory_bytes',
      'nodejs_version_info',
      ...histogram('nodejs_gc_duration_seconds'),
    ],
  },
  /** Spans counted by the collector's span_metrics connector, and what it says of the resources behind them. */
  spanMetrics: {
    jobs: ['otlp/redis-test'],
    names: [
      'traces_span_metrics_calls_total',
      ...histogram('traces_span_metrics_duration_seconds'),
      'target_info',
    ],
  },
  /** The collector's redis receiver (INFO). */
  redisReceiver: {
    jobs: ['redis'],
    names: [
      'redis_clients_blocked',
      'redis_clients_connected',
      'redis_clients_max_input_buffer_bytes',
      'redis_clients_max_output_buffer_bytes',
      'redis_cmd_calls_total',
      'redis_cmd_latency_seconds',
      'redis_cmd_usec_microseconds_total',
      'redis_commands_per_second',
      'redis_commands_processed_total',
      'redis_connections_received_total',
      'redis_connections_rejected_total',
      'redis_cpu_time_seconds_total',
      'redis_db_avg_ttl_milliseconds',
      'redis_db_expires',
      'redis_db_keys',
      'redis_keys_evicted_total',
      'redis_keys_expired_total',
      'redis_keyspace_hits_total',
      'redis_keyspace_misses_total',
      'redis_latest_fork_microseconds',
      'redis_maxmemory_bytes',
      'redis_memory_fragmentation_ratio',
      'redis_memory_lua_bytes',
      'redis_memory_peak_bytes',
      'redis_memory_rss_bytes',
      'redis_memory_used_bytes',
      'redis_net_input_bytes_total',
      'redis_net_output_bytes_total',
      'redis_rdb_changes_since_last_save',
      'redis_replication_backlog_first_byte_offset_bytes',
      'redis_replication_offset_bytes',
      'redis_role',
      'redis_slaves_connected',
      'redis_uptime_seconds_total',
    ],
  },
  /** redis_exporter: profile exporters, and one target for each node in the profiles cluster and sentinel. */
  redisExporter: {
    jobs: ['redis-exporter', 'redis-nodes'],
    names: [
      'redis_up',
      'redis_instance_info',
      'redis_uptime_in_seconds',
      'redis_start_time_seconds',
      'redis_blocked_clients',
      'redis_connected_clients',
      'redis_config_maxclients',
      'redis_commands_processed_total',
      'redis_commands_total',
      'redis_commands_duration_seconds_total',
      'redis_commands_failed_calls_total',
      'redis_commands_rejected_calls_total',
      'redis_connections_received_total',
      'redis_rejected_connections_total',
      'redis_cpu_sys_seconds_total',
      'redis_cpu_user_seconds_total',
      'redis_db_keys',
      'redis_db_keys_expiring',
      'redis_evicted_keys_total',
      'redis_expired_keys_total',
      'redis_keyspace_hits_total',
      'redis_keyspace_misses_total',
      'redis_latest_fork_seconds',
      'redis_mem_fragmentation_ratio',
      'redis_memory_max_bytes',
      'redis_memory_used_bytes',
      'redis_memory_used_peak_bytes',
      'redis_memory_used_rss_bytes',
      'redis_net_input_bytes_total',
      'redis_net_output_bytes_total',
      'redis_rdb_changes_since_last_save',
      'redis_rdb_last_bgsave_status',
      'redis_slowlog_length',
      'redis_cluster_enabled',
      'redis_cluster_state',
      'redis_cluster_slots_ok',
      'redis_cluster_slots_fail',
      'redis_cluster_known_nodes',
      'redis_connected_slaves',
      'redis_connected_slave_lag_seconds',
      'redis_connected_slave_offset_bytes',
      'redis_master_link_up',
      'redis_master_last_io_seconds_ago',
      'redis_master_repl_offset',
      'redis_slave_repl_offset',
      'redis_sentinel_masters',
      'redis_sentinel_master_status',
      'redis_sentinel_master_slaves',
      'redis_sentinel_master_sentinels',
      'redis_exporter_last_scrape_error',
      'redis_exporter_last_scrape_duration_seconds',
    ],
  },
  /** The collector about itself; Jaeger is built from the same parts. */
  collector: {
    jobs: ['otel-collector', 'jaeger'],
    names: [
      ...bySignal('otelcol_receiver_accepted'),
      ...bySignal('otelcol_receiver_refused'),
      ...bySignal('otelcol_receiver_failed'),
      ...bySignal('otelcol_exporter_sent'),
      ...bySignal('otelcol_exporter_send_failed'),
      ...bySignal('otelcol_exporter_enqueue_failed'),
      'otelcol_exporter_queue_size',
      'otelcol_exporter_queue_capacity',
      'otelcol_processor_incoming_items_total',
      'otelcol_processor_outgoing_items_total',
      'otelcol_scraper_scraped_metric_points_total',
      'otelcol_scraper_errored_metric_points_total',
      'otelcol_process_cpu_seconds_total',
      'otelcol_process_memory_rss_bytes',
      'otelcol_process_runtime_heap_alloc_bytes',
      'otelcol_process_runtime_total_sys_memory_bytes',
      'otelcol_processor_memory_limiter_accepted_spans_total',
      'otelcol_processor_memory_limiter_accepted_metric_points_total',
      'otelcol_processor_memory_limiter_accepted_log_records_total',
      'otelcol_exporter_in_flight_requests',
      'otelcol_process_uptime_seconds_total',
    ],
  },
  prometheus: {
    jobs: ['prometheus'],
    names: [
      'prometheus_build_info',
      'prometheus_config_last_reload_successful',
      'prometheus_engine_query_duration_seconds',
      'prometheus_notifications_alertmanagers_discovered',
      'prometheus_notifications_dropped_total',
      'prometheus_notifications_errors_total',
      'prometheus_notifications_queue_length',
      'prometheus_notifications_sent_total',
      'prometheus_rule_evaluation_failures_total',
      'prometheus_rule_evaluations_total',
      'prometheus_rule_group_iterations_missed_total',
      'prometheus_rule_group_last_duration_seconds',
      'prometheus_target_scrapes_exceeded_sample_limit_total',
      'prometheus_tsdb_head_samples_appended_total',
      'prometheus_tsdb_head_series',
      'prometheus_tsdb_out_of_order_samples_total',
      'prometheus_tsdb_storage_blocks_bytes',
      'prometheus_tsdb_wal_storage_size_bytes',
      'ALERTS',
      'ALERTS_FOR_STATE',
    ],
  },
  alertmanager: {
    jobs: ['alertmanager'],
    names: [
      'alertmanager_alerts',
      'alertmanager_alerts_received_total',
      'alertmanager_config_last_reload_successful',
      'alertmanager_notifications_total',
      'alertmanager_notifications_failed_total',
      ...histogram('alertmanager_notification_latency_seconds'),
    ],
  },
  nodeExporter: {
    jobs: ['node-exporter'],
    names: [
      'node_cpu_seconds_total',
      'node_disk_io_time_seconds_total',
      'node_disk_read_bytes_total',
      'node_disk_written_bytes_total',
      'node_filesystem_avail_bytes',
      'node_filesystem_readonly',
      'node_filesystem_size_bytes',
      'node_load1',
      'node_load5',
      'node_memory_MemAvailable_bytes',
      'node_memory_MemTotal_bytes',
    ],
  },
  grafana: {
    jobs: ['grafana'],
    names: [
      'grafana_build_info',
      'grafana_stat_active_users',
      ...histogram('grafana_http_request_duration_seconds'),
    ],
  },
  loki: {
    jobs: ['loki'],
    names: [
      'loki_build_info',
      'loki_distributor_bytes_received_total',
      'loki_distributor_lines_received_total',
      'loki_discarded_samples_total',
      ...histogram('loki_request_duration_seconds'),
    ],
  },
  tempo: {
    jobs: ['tempo'],
    names: ['tempo_build_info', 'tempo_distributor_spans_received_total', 'tempo_discarded_spans_total'],
  },
} satisfies Record<string, MetricSource>
