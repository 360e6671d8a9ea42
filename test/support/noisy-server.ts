import type { Random } from '../../src/model/random.ts'

/** Whether a step at this rate holds. */
export type NoisyServer = (rate: number) => boolean

/** Its capacity is a little different each time, and a share of all steps fails whatever their rate. */
export function noisyServer(
  capacity: number,
  noise: { readonly deviation: number; readonly lapses: number; readonly random: Random },
): NoisyServer {
  const { deviation, lapses, random } = noise
  return (rate) => rate <= capacity * (1 + deviation * gaussian(random)) && random.next() >= lapses
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
