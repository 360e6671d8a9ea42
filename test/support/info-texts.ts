/** Answers of `INFO`, as servers gave them; what nobody reads is left out. */
export const REDIS_7_MASTER = `# Server
redis_version:7.0.15
redis_mode:standalone
run_id:abe5a7b71fef89d35c3a609cf76864f651d3cbc9
server_time_usec:1700000010050000
uptime_in_seconds:490

# Clients
connected_clients:12
blocked_clients:2

# Memory
used_memory:1335576
used_memory_human:1.27M
used_memory_rss:8126464
maxmemory:67108864
mem_fragmentation_ratio:6.27

# Persistence
loading:0
rdb_bgsave_in_progress:1
aof_rewrite_in_progress:0

# Stats
total_connections_received:16
total_commands_processed:96108
total_net_input_bytes:931294
total_net_output_bytes:201836
rejected_connections:3
expired_keys:5
evicted_keys:7
keyspace_hits:388
keyspace_misses:92613
latest_fork_usec:1500
total_forks:1

# Replication
role:master
connected_slaves:2
slave0:ip=127.0.0.1,port=7612,state=online,offset=1040,lag=0
slave1:ip=127.0.0.1,port=7613,state=wait_bgsave,offset=0,lag=0
master_repl_offset:1050

# CPU
used_cpu_sys:0.364730
used_cpu_user:0.430191
used_cpu_sys_main_thread:0.363671
used_cpu_user_main_thread:0.430937

# Keyspace
db0:keys=100,expires=4,avg_ttl=10
db3:keys=20,expires=0,avg_ttl=0
`.replaceAll('\n', '\r\n')

export const REDIS_7_REPLICA = `# Server
run_id:0d1a
# Replication
role:slave
master_host:127.0.0.1
master_port:7611
master_link_status:down
slave_repl_offset:900
connected_slaves:0
master_repl_offset:0
`.replaceAll('\n', '\r\n')

/** It knows no CPU of its main thread, no forks, and no time. */
export const REDIS_5_MASTER = `# Server
redis_version:5.0.14
run_id:77aa
uptime_in_seconds:3
# Clients
connected_clients:1
blocked_clients:0
# Memory
used_memory:854120
used_memory_rss:2949120
maxmemory:0
mem_fragmentation_ratio:3.45
# Stats
total_commands_processed:2
latest_fork_usec:0
# Replication
role:master
connected_slaves:0
master_repl_offset:0
# CPU
used_cpu_sys:0.003
used_cpu_user:0.002
# Keyspace
`.replaceAll('\n', '\r\n')
