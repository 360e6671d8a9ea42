import { FramingError, RespScanner } from './scanner.ts'

/** What comes of cutting a stream into values. */
export interface FrameHandler {
  /** A whole value. */
  frame(bytes: Buffer): void
  /** The beginning of one that is too long to be kept: at least {@link KEPT_BYTES}. */
  begin(head: Buffer): void
  /** More of it, and the last of it. */
  more(bytes: Buffer, isLast: boolean): void
  /** It is not RESP: this and everything after it. */
  broken(rest: Buffer): void
}

/** Longer values are handed on piece by piece. */
export const KEPT_BYTES = 256 * 1024

export interface Splitter {
  feed(chunk: Buffer): void
  /** The stream is over: what was kept of an incomplete value. */
  takeRest(): Buffer
}

/** Cuts a stream into values of RESP; memory is bounded whatever comes. */
export function createSplitter(handler: FrameHandler, allowsInline: boolean): Splitter {
  const scanner = new RespScanner(allowsInline)
  let kept: Buffer[] = []
  let keptBytes = 0
  let isLong = false
  let isBroken = false

  const takeRest = (): Buffer => {
    const rest = Buffer.concat(kept)
    kept = []
    keptBytes = 0
    return rest
  }
  const keep = (piece: Buffer): void => {
    if (isLong) {
      handler.more(piece, false)
      return
    }
    kept.push(piece)
    keptBytes += piece.length
    if (keptBytes < KEPT_BYTES) return
    isLong = true
    handler.begin(takeRest())
  }
  const complete = (piece: Buffer): void => {
    if (isLong) {
      isLong = false
      handler.more(piece, true)
    } else if (keptBytes === 0) handler.frame(piece)
    else {
      kept.push(piece)
      handler.frame(takeRest())
    }
  }
  const split = (chunk: Buffer): void => {
    let at = 0
    try {
      while (at < chunk.length) {
        const end = scanner.scan(chunk, at)
        const piece = chunk.subarray(at, end === -1 ? chunk.length : end)
        at += piece.length
        if (end === -1) keep(piece)
        else complete(piece)
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error
      isBroken = true
      handler.broken(Buffer.concat([takeRest(), chunk.subarray(at)]))
    }
  }
  return {
    feed: (chunk) => (isBroken ? handler.broken(chunk) : split(chunk)),
    takeRest,
  }
}
