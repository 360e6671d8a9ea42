import type { OperationResult, RunResult } from '../model/result.ts'

/** A distribution of a result under the name that it has in files of HdrHistogram. */
export interface TaggedLatency {
  /** Empty for all operations together. */
  readonly tag: string
  /** As HdrHistogram V2. */
  readonly encoded: readonly string[]
  readonly count: number
}

/**
 * The tag of an operation's latencies: of what was ok its name, of what was not `name:failed`; both are response times in
 * an open loop, service times in a closed one. `name:service`: service times of what was ok, in an open loop. A tag
 * holds no comma, space or line break.
 */
export function tagOf(
  { operation, shape }: Pick<OperationResult, 'operation' | 'shape'>,
  all: readonly Pick<OperationResult, 'operation'>[],
  kind: 'ok' | 'failed' | 'service',
): string {
  const isAmbiguous = all.filter((other) => other.operation === operation).length > 1
  const name = operation.replaceAll(/[\s,"%]|\p{Cc}/gu, (character) => encodeURIComponent(character))
  return `${name}${isAmbiguous ? `(${shape})` : ''}${kind === 'ok' ? '' : `:${kind}`}`
}

/** Every distribution of a result that is not empty. The one of all operations leaves out batches and those that wait. */
export function taggedLatencies({ operations }: RunResult): TaggedLatency[] {
  const main = (one: OperationResult): OperationResult['service'] => one.response ?? one.service
  const commands = operations.filter(({ shape, waits }) => shape !== 'batch' && waits !== true)
  const tagged = operations.flatMap((one) => [
    { tag: tagOf(one, operations, 'ok'), latencies: [main(one).success] },
    { tag: tagOf(one, operations, 'failed'), latencies: [main(one).error] },
    ...(one.response === null
      ? []
      : [{ tag: tagOf(one, operations, 'service'), latencies: [one.service.success] }]),
  ])
  return [{ tag: '', latencies: commands.map((one) => main(one).success) }, ...tagged]
    .map(({ tag, latencies }) => ({
      tag,
      encoded: latencies.map(({ hdr }) => hdr),
      count: latencies.reduce((sum, { count }) => sum + count, 0),
    }))
    .filter(({ count }) => count > 0)
}
