import type { TargetPlan } from '../../src/model/plan.ts'

/** One server on this machine, without a password and without TLS. */
export const TARGET: TargetPlan = {
  embedded: false,
  embedded_config: '',
  host: '127.0.0.1',
  port: 6379,
  socket: null,
  db: 0,
  username: null,
  password: null,
  protocol: 3,
  tls: {
    enabled: false,
    verify: true,
    check_hostname: true,
    ca_file: null,
    ca_path: null,
    ca_data: null,
    cert_file: null,
    key_file: null,
    server_name: null,
    min_version: '1.2',
    ciphers: null,
  },
  topology: 'standalone',
  nodes: [],
  nat_map: [],
  sentinel: {
    nodes: [],
    name: 'mymaster',
    username: null,
    password: null,
    tls: false,
    failover_detector: false,
  },
}
