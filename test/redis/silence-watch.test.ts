import { describe, expect, it } from 'vitest'
import { SilenceWatch } from '../../src/redis/silence-watch.ts'

function createWatch(): {
  watch: SilenceWatch
  state: { bytes: number; expecting: boolean; handshaking: boolean }
  destroyed: string[]
} {
  const state = { bytes: 0, expecting: true, handshaking: false }
  const destroyed: string[] = []
  const watch = new SilenceWatch(
    {
      bytesRead: () => state.bytes,
      isExpectingData: () => state.expecting,
      isHandshaking: () => state.handshaking,
      destroy: (code) => destroyed.push(code),
    },
    { readyMillis: 1000, handshakeMillis: 500 },
  )
  return { watch, state, destroyed }
}

describe('SilenceWatch', () => {
  it('destroys a connection that owes an answer and says nothing for too long', () => {
    const { watch, destroyed } = createWatch()
    watch.look(0)
    watch.look(999)
    expect(destroyed).toEqual([])
    watch.look(1000)
    expect(destroyed).toEqual(['socket_timeout'])
    // Once for each silence.
    watch.look(1100)
    expect(destroyed).toHaveLength(1)
  })

  it('is content with any byte', () => {
    const { watch, state, destroyed } = createWatch()
    for (let at = 0; at < 5000; at += 500) {
      state.bytes++
      watch.look(at)
    }
    expect(destroyed).toEqual([])
  })

  it('does not mind silence when nothing is owed', () => {
    const { watch, state, destroyed } = createWatch()
    state.expecting = false
    watch.look(0)
    watch.look(10_000)
    // The clock starts with the question.
    state.expecting = true
    watch.look(10_500)
    watch.look(10_999)
    expect(destroyed).toEqual([])
    watch.look(11_000)
    expect(destroyed).toEqual(['socket_timeout'])
  })

  it('has less patience with a handshake, and starts anew with a new socket', () => {
    const { watch, state, destroyed } = createWatch()
    state.handshaking = true
    watch.look(0)
    watch.look(400)
    watch.restart()
    watch.look(450)
    watch.look(900)
    expect(destroyed).toEqual([])
    watch.look(950)
    expect(destroyed).toEqual(['handshake_timeout'])
  })
})
