/** How many slots a Redis Cluster has. */
export const SLOTS = 16_384

/** CRC16 of the XMODEM family (polynomial 0x1021, initial value 0), as the Redis Cluster specification has it. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
  return crc & 0xffff
})

/**
 * Slot of the key between two places of a byte string (one character for each byte): of what is between the first `{` and
 * the next `}` if that is anything, else of the whole key.
 */
export function slotOfKey(text: string, from = 0, to = text.length): number {
  const open = text.indexOf('{', from)
  if (open >= 0 && open < to) {
    const close = text.indexOf('}', open + 1)
    if (close > open + 1 && close < to) return crc16(text, open + 1, close) % SLOTS
  }
  return crc16(text, from, to) % SLOTS
}

function crc16(text: string, from: number, to: number): number {
  let crc = 0
  for (let index = from; index < to; index++)
    crc = ((crc << 8) ^ TABLE[((crc >> 8) ^ text.charCodeAt(index)) & 0xff]!) & 0xffff
  return crc
}
