import { type Operation, requestHead } from './operation.ts'

export const del: Operation = {
  readOnly: false,
  writes: [],
  prepare(sources) {
    const head = requestHead('DEL', 1)
    const keys = sources.keys('string')
    return () => head + keys.nextBulk()
  },
}

export const exists: Operation = {
  readOnly: true,
  writes: [],
  prepare(sources) {
    const head = requestHead('EXISTS', 1)
    const keys = sources.keys('string')
    return () => head + keys.nextBulk()
  },
}

export const ping: Operation = {
  readOnly: true,
  writes: [],
  prepare() {
    const request = requestHead('PING', 0)
    return () => request
  },
}
