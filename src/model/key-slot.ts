/** How many slots a Redis Cluster has. */
export const SLOTS = 16_384

/** CRC16 with polynomial 0x1021, begun with 0, as the Redis Cluster specification asks. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
  return crc
})

/** The slot of a key (one character for each byte): of what stands between its first `{` and the `}` after it, if anything does. */
export function keySlot(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (let index = 0; index < tag.length; index++)
    crc = ((crc << 8) & 0xffff) ^ TABLE[((crc >> 8) ^ tag.charCodeAt(index)) & 0xff]!
  return crc % SLOTS
}
