import type { Stage, StageContext } from '../stage.ts'

/** Milliseconds; 0 keeps the connection open. */
export interface TimeoutAttributes {
  timeout: number
}

/**
 * Drops everything, and closes the connection after `timeout`. Removing it closes the connection too: bytes are missing
 * from the stream.
 */
export function createTimeout({ out }: StageContext, attributes: TimeoutAttributes): Stage {
  const beganAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    clearTimeout(timer)
    if (attributes.timeout <= 0) return
    const left = Math.max(0, beganAt + attributes.timeout - performance.now())
    timer = setTimeout(() => out.end('close'), left)
  }
  arm()
  return {
    push() {},
    end: (mode) => out.end(mode),
    update: arm,
    release() {
      clearTimeout(timer)
      out.end('close')
    },
    dispose: () => clearTimeout(timer),
  }
}
