import type { Stage, StageContext } from '../stage.ts'

/** Milliseconds. */
export interface ResetPeerAttributes {
  timeout: number
}

/** Resets the connection (RST) `timeout` after the first bytes, which are dropped. */
export function createResetPeer({ out }: StageContext, attributes: ResetPeerAttributes): Stage {
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    timer ??= setTimeout(() => out.end('reset'), Math.max(0, attributes.timeout))
  }
  return {
    push: arm,
    end: arm,
    update() {},
    release() {
      if (timer === undefined) return
      clearTimeout(timer)
      // Bytes were dropped already.
      out.end('reset')
    },
    dispose: () => clearTimeout(timer),
  }
}
