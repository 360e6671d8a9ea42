import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { folder, profile, run, type RunEnded } from '../../e2e/support/command-line.ts'
import { type Certificate, createAuthority } from '../../e2e/support/certificates.ts'
import type { Cell } from './rows.ts'
import { differences, keyProblems, stateOf, writeStrangers } from './server-state.ts'
import { openTlsPorts, PASSWORD, type RunningTopology, settle, USER } from './start-topologies.ts'
import { problemsOf } from './invariants.ts'

const MIX = 'load: {warmup: 0s}\nkeys: {count: 1000}\noperations: [{command: SET}, {command: GET}]\n'
const LOAD = ['--clients', '4', '--threads', '2', '--target-ops-per-second', '500', '--audit-writes', '20%']
let profiles = 0

export interface CellRan extends RunEnded {
  readonly seconds: number
  /** What did not hold. */
  readonly problems: readonly string[]
}

/** Runs the built command line against the servers, and looks at it and at them. */
export async function runCell(
  cell: Cell,
  topology: RunningTopology,
  places: Readonly<Record<'scripts' | 'service', string>>,
): Promise<CellRan> {
  await settle(topology)
  const target = cell.tls ? await withTls(topology, places.scripts) : topology.flags
  await writeStrangers(topology)
  const before = await stateOf(topology)
  const runtime = join(folder, `runtime-${topology.name}`)
  mkdirSync(runtime, { recursive: true, mode: 0o700 })
  const faults = JSON.stringify(cell.faults)
    .replaceAll('{scripts}', places.scripts)
    .replaceAll('{service}', places.service)
  const name = `fire-${profiles++}`
  const ended = await run(
    [
      ...['--workload-profile', profile(name, `${MIX}faults: ${faults}\n`), ...target, ...LOAD],
      ...['--duration', String(cell.seconds), '--username', USER, '--allow-dangerous', ...cell.flags],
    ],
    { env: { REDIS_PASSWORD: PASSWORD, XDG_RUNTIME_DIR: runtime } },
  )
  // Without the time that Node.js needs to start.
  const seconds = Date.now() / 1000 - ended.result.run_start
  await settle(topology)
  const problems = [
    ...problemsOf(cell, ended, seconds),
    ...differences(before, await stateOf(topology)),
    ...(await keyProblems(topology, cell.loss !== 'none')),
  ]
  return { ...ended, seconds, problems }
}

async function withTls({ servers, tlsFlags }: RunningTopology, scripts: string): Promise<string[]> {
  const authority = createAuthority(scripts)
  const { cert, key }: Certificate = authority.sign('first')
  // Of an authority that the load does not trust.
  createAuthority(join(scripts, 'others')).sign('other')
  const files = ['tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', authority.ca]
  const ports = await openTlsPorts(servers, [...files, 'tls-auth-clients', 'no'])
  return [...tlsFlags(ports), '--tls', '--tls-ca', authority.ca]
}
