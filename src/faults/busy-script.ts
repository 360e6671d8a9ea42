import type { Deployment } from '../model/deployment.ts'
import { LIMIT_MILLIS } from './ask.ts'

/** Gives the milliseconds that it saw pass. It writes nothing, so it may run on replicas and be killed. */
const BUSY = `local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
local limit, rounds = tonumber(ARGV[1]), tonumber(ARGV[2])
local begun, passed = now(), 0
for round = 1, rounds do
  passed = now() - begun
  if passed >= limit then break end
end
return math.floor(passed * 1000)`

const TRIAL_ROUNDS = 10_000
/** A busy machine may take so many times longer than in the trial before the rounds would cut it short. */
const ROUNDS_ROOM = 20

export type BusyCommand = readonly ['EVAL', readonly string[]]

/**
 * The command that keeps a server busy for so long. Time stands still in scripts since Redis 7.2; there it is as many
 * rounds as a short trial says.
 */
export async function busyFor(
  { call }: Deployment,
  address: string,
  millis: number,
  channel: string,
): Promise<BusyCommand> {
  const begunAt = performance.now()
  const passed = Number(await call(address, ...evalOf(1e9, TRIAL_ROUNDS), LIMIT_MILLIS, channel))
  const perRound = Math.max(1e-4, (performance.now() - begunAt) / TRIAL_ROUNDS)
  const rounds = Math.ceil(millis / perRound)
  return evalOf(millis, passed > 0 ? rounds * ROUNDS_ROOM : rounds)
}

function evalOf(millis: number, rounds: number): BusyCommand {
  return ['EVAL', [BUSY, '0', String(Math.round(millis)), String(rounds)]]
}
