import type { ProfileFault, Row } from './rows.ts'

function toxic(type: string, more: Readonly<Record<string, unknown>> = {}): ProfileFault {
  return { kind: 'proxy', at: '2s', for: '1s', toxic: type, ...more }
}

/** So that there are connections that close, and dials. */
const CUT = { kind: 'socket-cut', at: '2800ms' }

/** Toxics of our own proxy, in front of every server (and Sentinel). */
export const PROXY_ROWS: readonly Row[] = [
  {
    name: 'proxy: latency',
    faults: [toxic('latency', { latency: 60, jitter: 20, stream: 'upstream' })],
    slowest: 40,
  },
  { name: 'proxy: bandwidth', faults: [toxic('bandwidth', { rate: 1 })], slowest: 100 },
  {
    name: 'proxy: slow_close, and client-kill',
    faults: [toxic('slow_close', { delay: 300, for: '1500ms' }), { kind: 'client-kill', at: '2800ms' }],
  },
  { name: 'proxy: timeout', faults: [toxic('timeout', { timeout: 300 })], sees: 'closed' },
  { name: 'proxy: reset_peer', faults: [toxic('reset_peer', { timeout: 0 })], sees: 'ECONNRESET' },
  { name: 'proxy: slicer', faults: [toxic('slicer', { average_size: 8, size_variation: 4, delay: 1000 })] },
  { name: 'proxy: limit_data', faults: [toxic('limit_data', { bytes: 1000 })], sees: 'closed' },
  { name: 'proxy: down', faults: [toxic('down')], sees: 'ECONNREFUSED' },
  {
    name: 'proxy: down, one server',
    faults: [toxic('down', { on: 'random-master' })],
    sees: 'ECONNREFUSED',
    on: { standalone: 'there is one only' },
  },
  { name: 'proxy: half_open', faults: [toxic('half_open')], slowest: 800 },
  {
    name: 'proxy: accept_close, and socket-cut',
    faults: [toxic('accept_close', { for: '1500ms' }), CUT],
    sees: 'closed',
  },
  {
    name: 'proxy: refuse, and socket-cut',
    faults: [toxic('refuse', { for: '1500ms' }), CUT],
    sees: 'ECONNREFUSED',
  },
  {
    name: 'proxy: resp_error LOADING',
    faults: [
      toxic('resp_error', { error: 'LOADING Redis is loading the dataset in memory', probability: 0.2 }),
    ],
    sees: 'LOADING',
  },
  { name: 'proxy: resp_garbage', faults: [toxic('resp_garbage', { bytes: 32, count: 4 })] },
  { name: 'proxy: resp_cut', faults: [toxic('resp_cut', { bytes: 1, count: 3 })], sees: 'closed' },
  {
    name: 'proxy: resp_push',
    faults: [toxic('resp_push', { push: ['MOVING', '1', '2', '127.0.0.1:1'], interval: 50 })],
    flags: ['--protocol', '3'],
  },
  {
    name: 'proxy: resp_drop_reply',
    faults: [toxic('resp_drop_reply', { action: 'close', commands: ['RPUSH'], count: 5 })],
    sees: 'closed',
  },
  {
    name: 'proxy: resp_duplicate',
    faults: [toxic('resp_duplicate', { commands: ['RPUSH'], count: 7 })],
    duplicates: 7,
    // So many by the proxy of each master.
    on: { cluster: { duplicates: 21 } },
  },
  { name: 'proxy: resp_maint_notifications', faults: [toxic('resp_maint_notifications')] },
]
