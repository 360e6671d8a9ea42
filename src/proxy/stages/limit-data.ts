import type { Stage, StageContext } from '../stage.ts'

export interface LimitDataAttributes {
  bytes: number
}

/** Lets through exactly so many bytes, then closes the connection. */
export function createLimitData({ out }: StageContext, attributes: LimitDataAttributes): Stage {
  let sent = 0
  const closeWhenFull = (): void => {
    if (sent >= attributes.bytes) out.end('close')
  }
  return {
    push(chunk) {
      const allowed = chunk.subarray(0, Math.max(0, attributes.bytes - sent))
      sent += allowed.length
      if (allowed.length > 0) out.push(allowed)
      closeWhenFull()
    },
    end: (mode) => out.end(mode),
    update: () => {
      if (sent > 0) closeWhenFull()
    },
    release() {},
    dispose() {},
  }
}
