import { type Operation, requestHead } from './operation.ts'

export const get: Operation = {
  readOnly: true,
  writes: [],
  prepare(sources) {
    const head = requestHead('GET', 1)
    const keys = sources.keys('string')
    return () => head + keys.nextBulk()
  },
}

export const set: Operation = {
  readOnly: false,
  writes: ['string'],
  prepare(sources) {
    const head = requestHead('SET', 2)
    const keys = sources.keys('string')
    const values = sources.values()
    return () => head + keys.nextBulk() + values.nextBulk()
  },
}

export const incr: Operation = {
  readOnly: false,
  writes: ['counter'],
  prepare(sources) {
    const head = requestHead('INCR', 1)
    const keys = sources.keys('counter')
    return () => head + keys.nextBulk()
  },
}
