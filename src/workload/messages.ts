import { crc32 } from 'node:zlib'

/** What a message says of itself. */
export interface Message {
  /** When it was made, microseconds since the epoch. */
  readonly stampMicros: number
  /** Index of the connection that sent it. */
  readonly publisher: number
  /** Its number among the messages of that connection, from 1. */
  readonly sequence: number
}

const MAGIC = 'RT1 '
/** The checksum covers everything behind it. */
const CHECKED_FROM = MAGIC.length + 8
/** Longer than any head. */
const HEAD_BYTES = 80

/**
 * Makes messages: `RT1 <CRC-32> <stamp> <publisher> <sequence> <padding>`. A connection is written and read in order,
 * so what one connection sends arrives in the order of its numbers. The padding (ASCII) sets the length; a message is
 * never shorter than what it has to say.
 */
export function createMessages(nowMillis: () => number): (publisher: number, padding: string) => string {
  const sent: number[] = []
  return (publisher, padding) => {
    const sequence = (sent[publisher] ?? 0) + 1
    sent[publisher] = sequence
    const head = ` ${Math.floor(nowMillis() * 1000)} ${publisher} ${sequence} `
    const checked = head + padding.slice(CHECKED_FROM + head.length)
    return MAGIC + crc32(checked).toString(16).padStart(8, '0') + checked
  }
}

/** Reads a message; `undefined` for anything that is not whole, byte for byte, as it was made. */
export function parseMessage(bytes: Buffer): Message | undefined {
  const head = bytes.toString('latin1', 0, HEAD_BYTES)
  const [, checksum, stamp, publisher, sequence] =
    /^RT1 ([\da-f]{8}) (\d{1,16}) (\d{1,9}) (\d{1,15}) /.exec(head) ?? []
  if (checksum === undefined) return undefined
  if (crc32(bytes.subarray(CHECKED_FROM)) !== Number.parseInt(checksum, 16)) return undefined
  return { stampMicros: Number(stamp), publisher: Number(publisher), sequence: Number(sequence) }
}
