import { simulate } from './simulate.ts'

const arg = (name: string): number | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : Number(process.argv[at + 1])
}
const only = arg('seed')
if (only !== undefined) {
  const result = await simulate(only, { trace: process.argv.includes('--trace') })
  for (const line of result.trace) console.log(line)
  console.log(
    JSON.stringify(result.scenario, null, 1),
    result.broken,
    result.hash,
    result.commands,
    result.virtualMillis,
  )
} else {
  const seeds = arg('seeds') ?? 300
  const from = arg('from') ?? 1
  const began = Date.now()
  let bad = 0
  let commands = 0
  const byText = new Map<string, number[]>()
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate(seed)
    commands += result.commands
    if (result.broken) {
      bad++
      const text = (result.broken.invariant + ' ' + result.broken.text)
        .replaceAll(/\d+(\.\d+)?/g, 'N')
        .slice(0, 400)
      byText.set(text, [...(byText.get(text) ?? []), seed])
    }
  }
  for (const [text, list] of byText) console.log(list.length, list.slice(0, 5).join(','), text)
  const seconds = (Date.now() - began) / 1000
  console.log({ bad, seconds, perSecond: seeds / seconds, commands })
}
