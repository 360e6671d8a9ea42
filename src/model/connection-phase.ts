import type { ThreadHistogram } from './ledger.ts'

/**
 * What an attempt to connect goes through, in this order; what does not apply is left out. `sentinel`: asking the Sentinels
 * for the master. `dns`: resolving a host name. `tcp`: until TCP (or the unix socket) is up. `tls`: the TLS handshake.
 * `handshake`: from there to the first byte of an answer (HELLO or AUTH). `ready`: the rest, with INFO and LOADING.
 */
export const CONNECTION_PHASES = ['sentinel', 'dns', 'tcp', 'tls', 'handshake', 'ready'] as const
export type ConnectionPhase = (typeof CONNECTION_PHASES)[number]

/** Where the ledger keeps the times of a phase: of those that came to their end, and of those in which an attempt failed. */
export const PHASE_HISTOGRAMS = {
  sentinel: ['connect_sentinel', 'connect_sentinel_failed'],
  dns: ['connect_dns', 'connect_dns_failed'],
  tcp: ['connect_tcp', 'connect_tcp_failed'],
  tls: ['connect_tls', 'connect_tls_failed'],
  handshake: ['connect_handshake', 'connect_handshake_failed'],
  ready: ['connect_ready', 'connect_ready_failed'],
} as const satisfies Record<ConnectionPhase, readonly [ThreadHistogram, ThreadHistogram]>
