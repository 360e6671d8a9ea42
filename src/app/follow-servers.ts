import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'

/** Before a tick, so that it shows what is new. */
const LOOK_BEFORE_MILLIS = 200
const LAST_LOOK_MILLIS = 2000

type Sides = Pick<RunStage, 'serverSide' | 'surfaces' | 'events'>

/** From now on what is learned of the servers, and which commands are the slowest, is recorded. */
export function followServers(
  { serverSide, events }: Sides,
  recorder: Recorder,
  firstTickMillis: number,
): void {
  serverSide?.start(firstTickMillis - LOOK_BEFORE_MILLIS, (news) => recorder.servers(news))
  events.onSlowest = (command) => recorder.slowest(command)
}

/**
 * The last look at the servers, which takes no longer than the limit. And it is known now which commands were the slowest: each
 * gets a span, unless it has one.
 */
export async function finishServers(
  { serverSide, surfaces: { spans } }: Sides,
  recorder: Recorder,
  limitMillis: number,
): Promise<void> {
  await serverSide?.finish(Math.min(limitMillis, LAST_LOOK_MILLIS))
  if (spans === undefined) return
  for (const command of recorder.kept.slowest ?? []) {
    const ids = command.span_id === null ? spans.slowest(command) : undefined
    if (ids !== undefined) recorder.slowest({ ...command, trace_id: ids.traceId, span_id: ids.spanId })
  }
}
