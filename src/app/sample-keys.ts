import type { KeySpaceEstimate } from '../model/dry-run-report.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { keyName } from '../workload/keys.ts'
import type { SpaceOutline } from './outline-keys.ts'

const LIMIT_MILLIS = 2000
/** Should we die before we remove them. */
const SAMPLE_TTL_SECONDS = 60
/** What Redis keeps with a key besides the bytes of its name: entry, object header, string headers, rounding up. */
const FORMULA_BYTES = 56
/** Its slot in the hash table, which MEMORY USAGE leaves out; and the entry of a key that expires. */
const SLOT_BYTES = 8
const EXPIRY_BYTES = 32

/** How much memory the keys of a space will take, from a handful of keys that are written, measured and removed. */
export async function estimateSpace(
  control: ControlClient,
  space: SpaceOutline,
  expires: boolean,
): Promise<KeySpaceEstimate> {
  const { type, range, keys, elements, elementBytes } = space
  const fixed = SLOT_BYTES + (expires ? EXPIRY_BYTES : 0)
  const measured = await measureOverheads(control, space)
  const overhead =
    fixed +
    (measured.length === 0
      ? lastKey(space, 0).length + FORMULA_BYTES
      : measured.reduce((sum, bytes) => sum + bytes, 0) / measured.length)
  return {
    pattern: range.count === 1 ? range.before : `${range.before}*${range.after}`,
    type,
    keys,
    elements,
    element_bytes: elementBytes,
    overhead_bytes: overhead,
    overhead_from: measured.length === 0 ? 'formula' : 'measured',
    samples: measured.length,
    total_bytes: elements === null ? null : Math.round(keys * (elements * elementBytes + overhead)),
  }
}

/** How much memory the keys of a space will take, without asking the server; `null` where that grows with the run. */
export function bytesByFormula(space: SpaceOutline, expires: boolean): number | null {
  const { keys, elements, elementBytes } = space
  if (elements === null) return null
  const overhead = lastKey(space, 0).length + FORMULA_BYTES + SLOT_BYTES + (expires ? EXPIRY_BYTES : 0)
  return Math.round(keys * (elements * elementBytes + overhead))
}

/** Memory of each sample key beyond the bytes of its value; empty when the server does not let us. */
async function measureOverheads(control: ControlClient, space: SpaceOutline): Promise<number[]> {
  const written: string[] = []
  const overheads: number[] = []
  try {
    for (const [index, bytes] of space.sampleBytes.slice(0, space.keys).entries()) {
      const key = lastKey(space, index)
      const value = bytes === 0 ? '1' : 'x'.repeat(bytes)
      const answer = await control.call('SET', [key, value, 'EX', SAMPLE_TTL_SECONDS, 'NX'], LIMIT_MILLIS)
      // There already: not ours to measure, nor to remove.
      if (answer !== 'OK') continue
      written.push(key)
      const usage = await control.call('MEMORY', ['USAGE', key], LIMIT_MILLIS)
      overheads.push(Number(usage) - bytes)
    }
  } catch {
    overheads.length = 0
  }
  if (written.length > 0) await control.call('UNLINK', written, LIMIT_MILLIS).catch(() => {})
  return overheads
}

/** From the far end: most keys have as many digits. */
function lastKey({ range, keys }: SpaceOutline, index: number): string {
  return range.count === 1 ? range.before : keyName(range, keys - 1 - index)
}
