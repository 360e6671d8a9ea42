import { writeAddress } from '../model/address.ts'
import type { Problem } from '../model/errors.ts'
import { RANK, type Resolved } from './sources.ts'

const SENTINEL_PORT = 26_379

/** Who names Sentinels wants them asked; who wants them asked and names none means the one at host and port. */
export function applySentinel(resolved: Resolved, problems: Problem[]): void {
  const topology = resolved.get('target.topology')!
  const nodes = resolved.get('target.sentinel.nodes')!
  const hasNodes = (nodes.value as readonly string[]).length > 0
  if (hasNodes && topology.rank === RANK.default)
    resolved.set('target.topology', { ...nodes, value: 'sentinel' })
  if (resolved.get('target.topology')!.value !== 'sentinel') return
  const host = resolved.get('target.host')!
  const port = resolved.get('target.port')!
  if (!hasNodes) {
    const at = {
      host: String(host.value),
      port: port.rank === RANK.default ? SENTINEL_PORT : Number(port.value),
    }
    resolved.set('target.sentinel.nodes', { ...host, value: [writeAddress(at)] })
  }
  for (const key of ['target.embedded', 'target.socket']) {
    const { value, origin } = resolved.get(key)!
    if (value !== null && value !== false)
      problems.push({
        path: key,
        where: origin,
        message: 'not together with Sentinels, which say where the server is',
        hint: 'leave out one of the two',
      })
  }
}
