import { Redis } from 'ioredis'
import { writeAddress } from '../model/address.ts'
import { ConnectError } from '../model/errors.ts'
import { bounded } from './bounded.ts'
import { type ClientSpec, controlClientOptions } from './client-options.ts'
import { adviseOn, describeTarget } from './connect-failure.ts'
import { oneSentinel } from './one-sentinel.ts'
import { sentinelOptions } from './sentinel-options.ts'

/** What one Sentinel says when it is asked for the master: its address, `null` if it knows none of that name, or an error. */
type Answer = string | null | Error

const SENTINELS_ASKED = 5

/**
 * Finds out why there is no way through the Sentinels to the master, by asking each of them: ioredis does not tell. One
 * line that says what happened and what to do.
 */
export async function explainSentinelFailure(spec: ClientSpec, failure: Error): Promise<ConnectError> {
  const { sentinel } = spec.target
  const asked = sentinel.nodes.slice(0, SENTINELS_ASKED)
  const answers = await Promise.all(asked.map((node) => askForMaster(spec, node)))
  const master = answers.find((answer) => typeof answer === 'string')
  if (master !== undefined) return explainMaster(spec, master, failure)
  if (answers.includes(null))
    return new ConnectError(
      `the Sentinels know no master named ${sentinel.name} (${asked.join(', ')})`,
      'give its name with --sentinel-master; SENTINEL MASTERS lists the names they know',
    )
  const errors = answers.filter((answer) => answer instanceof Error)
  const told = errors.map((error) => adviseOn(error, spec.target.tls))
  // One that answers, if only with an error, says more than one that does not.
  const [likeliest] = Object.keys(SENTINEL_ADVICE).flatMap((known) =>
    told.filter((one) => one.code === known),
  )
  const { code, shown, advice } = likeliest ?? told[0]!
  return new ConnectError(
    `no Sentinel of ${describeTarget(spec.target)} says where the master is: ${shown}`,
    SENTINEL_ADVICE[code] ?? advice,
  )
}

const CLOSED =
  'the Sentinels closed the connection: do they speak TLS (--sentinel-tls), or want a certificate (--tls-cert, --tls-key)?'

/** By fine error code, those that say most first. */
const SENTINEL_ADVICE: Readonly<Record<string, string>> = {
  NOAUTH: 'the Sentinels want a password: set REDIS_SENTINEL_PASSWORD',
  WRONGPASS: 'wrong user or password of the Sentinels: check --sentinel-username and REDIS_SENTINEL_PASSWORD',
  auth_refused: 'the Sentinels do not accept this password: check REDIS_SENTINEL_PASSWORD',
  NOPERM: 'the user may not ask the Sentinels: it needs +sentinel|get-master-addr-by-name, and +subscribe',
  ERR: 'is that a Sentinel? A Redis server does not know the command; for one, leave out --topology sentinel',
  closed: CLOSED,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  other:
    'no answer in time: are the Sentinels frozen, or does one side speak TLS and the other not (--sentinel-tls)?',
  ENOTFOUND: 'the host name does not resolve: check --sentinels',
  ECONNREFUSED:
    'nothing listens there: are the Sentinels running, and are the addresses of --sentinels right?',
}

function explainMaster(spec: ClientSpec, master: string, failure: Error): ConnectError {
  const { shown, advice } = adviseOn(failure, spec.target.tls)
  const hint =
    shown === 'ECONNREFUSED' || shown === 'connect_timeout'
      ? 'can that address be reached from here? If not, --nat-map says how; if it is down, the Sentinels will choose another'
      : shown === 'wrong_role'
        ? 'a failover is going on: try again'
        : advice
  return new ConnectError(
    `cannot connect to ${spec.target.sentinel.name}, which is at ${master} by the Sentinels: ${shown}`,
    hint,
  )
}

async function askForMaster(spec: ClientSpec, node: string): Promise<Answer> {
  const redis = new Redis(controlClientOptions({ ...spec, ...oneSentinel(spec, node) }))
  let lastError: Error | undefined
  redis.on('error', (error: Error) => {
    lastError ??= error
  })
  const limit = spec.client.connect_timeout_ms
  try {
    await bounded(redis.connect(), limit, 'connecting')
    const asked = redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', spec.target.sentinel.name)
    const answer = (await bounded(asked, limit, 'SENTINEL')) as [string, string] | null
    if (answer === null) return null
    const announced = `${answer[0]}:${answer[1]}`
    const { natMap } = sentinelOptions(spec, 'master')
    const there = typeof natMap === 'function' ? natMap(announced) : null
    return writeAddress(there ?? { host: answer[0], port: Number(answer[1]) })
  } catch (error) {
    return lastError ?? (error as Error)
  } finally {
    redis.disconnect()
    redis.stream?.destroy()
  }
}
