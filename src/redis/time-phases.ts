import { isIP, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock } from '../model/clock.ts'
import type { ConnectionPhase } from '../model/connection-phase.ts'
import type { LifeCycle } from './life-cycle.ts'

/**
 * Tells a life cycle which phase a socket is in, from when it is made to the first byte of an answer. After that, nothing
 * is left on the socket.
 */
export function timePhases(
  socket: Socket,
  host: string | undefined,
  lifeCycle: Pick<LifeCycle, 'phase'>,
  clock: Clock,
): void {
  const begin = (phase: ConnectionPhase): void => lifeCycle.phase(phase, clock.now())
  const lookup = (error: Error | null): void => {
    if (error === null) begin('tcp')
  }
  const established = (): void => {
    begin('handshake')
    socket.once('data', () => {
      begin('ready')
      socket.off('lookup', lookup)
    })
  }
  begin(host === undefined || isIP(host) !== 0 ? 'tcp' : 'dns')
  socket.once('lookup', lookup)
  if (socket instanceof TLSSocket) {
    socket.once('connect', () => begin('tls'))
    socket.once('secureConnect', established)
  } else socket.once('connect', established)
}
