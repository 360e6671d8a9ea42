import { expect, it } from 'vitest'
import { readScrape, type Scrape } from '../../../src/reports/watch/scrape.ts'
import { WatchHistory } from '../../../src/reports/watch/watch-history.ts'

const AT = 1_700_000_000_000
const SHOWN = { from: '', notice: null, keys: 'watch', isHelpShown: false, messages: [] } as const

function scrape(second: number, settled: number, startedAt = 1): Scrape {
  const text = [
    'redis_test_run_info{run_id="r",instance_id="i",profile="p",load_model="open"} 1',
    `process_start_time_seconds ${startedAt}`,
    'redis_test_phase{phase="measure"} 1',
    `redis_operations_total{operation="GET",status="success"} ${settled}`,
  ].join('\n')
  const read = readScrape(text, AT + 1000 * second)
  if (typeof read !== 'object') throw new Error(`not one run: ${read}`)
  return read
}

const ANOTHER = 'another run, or it was started again'

it.each([
  ['began at another time', scrape(1, 900, 2)],
  ['counts less than before', scrape(1, 499)],
])('a process that %s has another life, whose first second is unknown', (_, later) => {
  const history = new WatchHistory()
  history.add(scrape(0, 500))
  expect(history.add(later)).toBe(ANOTHER)
  expect(history.state(AT + 1000, SHOWN).rate).toMatchObject({ perSecond: 0, history: [] })
})

it('one that counts on is the same', () => {
  const history = new WatchHistory()
  history.add(scrape(0, 500))
  expect([history.add(scrape(1, 500)), history.add(scrape(3, 700))]).toEqual([undefined, undefined])
  expect(history.state(AT + 3000, SHOWN).rate).toMatchObject({ perSecond: 100, history: [0, 100] })
})
