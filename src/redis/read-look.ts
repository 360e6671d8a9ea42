import { SERVER_NUMBERS, type ServerLook, type ServerNumber } from '../model/server-look.ts'
import type { InfoFields } from './info.ts'
import { replicasOf } from './parse-topology.ts'

const MICROS_PER_MILLI = 1000
/** Databases beyond these are left out: their number is a setting of the server. */
const DATABASES_SHOWN = 16

/** What an answer of `INFO` says of a server. Times in milliseconds since the epoch. */
export function readLook(
  server: string,
  fields: InfoFields,
  { sentAt, answeredAt }: { readonly sentAt: number; readonly answeredAt: number },
): ServerLook {
  const role = fields.get('role') === 'slave' ? 'replica' : 'master'
  const link = fields.get('master_link_status')
  const serverTime = numberIn(fields, 'server_time_usec')
  return {
    server,
    at_ms: answeredAt,
    serverRunId: fields.get('run_id') ?? '',
    role,
    numbers: numbersOf(fields, role),
    isMasterLinkUp: role === 'master' || link === undefined ? null : link === 'up',
    databases: databasesOf(fields),
    replicas: role === 'master' ? replicasOf(fields) : [],
    clockAheadMillis: serverTime === null ? 0 : serverTime / MICROS_PER_MILLI - (sentAt + answeredAt) / 2,
  }
}

function numbersOf(fields: InfoFields, role: ServerLook['role']): ServerLook['numbers'] {
  const numbers = Object.entries(SERVER_NUMBERS).map(([name, number]) => {
    const {
      field,
      ofReplica,
      perUnit = 1,
    } = number as {
      readonly field: string
      readonly ofReplica?: string
      readonly perUnit?: number
    }
    const value = numberIn(fields, role === 'replica' && ofReplica !== undefined ? ofReplica : field)
    return [name, value === null ? null : value / perUnit]
  })
  return Object.fromEntries(numbers) as Record<ServerNumber, number | null>
}

function numberIn(fields: InfoFields, field: string): number | null {
  const text = fields.get(field)
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}

/** `db0:keys=3,expires=1,avg_ttl=0` */
function databasesOf(fields: InfoFields): ServerLook['databases'] {
  const databases: ServerLook['databases'][number][] = []
  for (const [db, value] of fields) {
    if (!/^db\d{1,5}$/.test(db) || databases.length >= DATABASES_SHOWN) continue
    const [, keys = '0', expires = '0'] = /^keys=(\d+),expires=(\d+)/.exec(value) ?? []
    databases.push({ db, keys: Number(keys), expires: Number(expires) })
  }
  return databases
}
