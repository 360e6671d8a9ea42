// What a run must live through: a long outage, a signal at any moment, a storm of reconnections.
import { Redis } from 'ioredis'
import { freePort, residentBytes, startServer } from './machine.mjs'

const MEGABYTE = 1 << 20
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
const number = (value) => Math.round(value).toLocaleString('en')
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Checks by name. `start(port, args)` starts a run with every surface on, `say(what, figures, holds)` prints a verdict. */
export function underFire({ start, say, minutesDown }) {
  return {
    /** The server is killed, stays away, and is started again on the same port. */
    async 'Redis down for minutes at 10,000 ops/s'() {
      const port = await freePort()
      const first = await startServer('--port', String(port))
      const downSeconds = 60 * minutesDown
      const load = ['--target-ops-per-second', '10000', '--clients', '50', '--warmup', '2s']
      const run = start(port, [...load, '--duration', String(downSeconds + 40)])
      await sleep(17_000)
      const before = residentBytes(run.pid)
      let most = before
      first.stop()
      const downAt = performance.now()
      while (performance.now() - downAt < downSeconds * 1000) {
        await sleep(500)
        most = Math.max(most, residentBytes(run.pid))
      }
      const second = await startServer('--port', String(port))
      const { totals, intervals, audit, connections } = await run.ended
      second.stop()
      const last = intervals.slice(-5).map(({ ok }) => ok)
      const growth = (most - before) / MEGABYTE
      const notSent = totals.failed + totals.dropped_max_in_flight
      const holds = growth < 50 && Math.min(...last) > 9900 && audit.ok && connections.reconnections >= 50
      const figures = `RSS ${(before / MEGABYTE).toFixed(0)} MiB and at most ${growth.toFixed(1)} MiB more; ${number(notSent)} failed or dropped, ${number(totals.indeterminate)} indeterminate; ${connections.reconnections} reconnections; last seconds ${last.join(' ')} ok`
      say(`Redis down for ${minutesDown} min at 10,000 ops/s`, figures, holds)
    },

    /** While connecting, warming up, measuring, with Redis up, gone and frozen. */
    async 'SIGINT at fifty random moments'() {
      const server = await startServer()
      let longest = 0
      let complete = 0
      let atOnce = 0
      const states = ['up', 'gone', 'frozen']
      for (let turn = 0; turn < 50; turn++) {
        const state = states[turn % states.length]
        const own = state === 'up' ? server : await startServer()
        const load = ['--target-ops-per-second', '2000', '--clients', '20', '--warmup', '1s']
        const run = start(own.port, [...load, '--duration', '60'])
        // A run that finds no server has ended before the signal comes.
        const closed = new Promise((resolve) =>
          run.child.once('close', (code, signal) => resolve({ code, signal })),
        )
        run.ended.catch(() => {})
        await sleep(200 + Math.random() * 4000)
        if (state === 'gone') own.stop()
        if (state === 'frozen') process.kill(own.pid, 'SIGSTOP')
        await sleep(Math.random() * 1000)
        const signalledAt = performance.now()
        run.child.kill('SIGINT')
        const { code, signal } = await closed
        longest = Math.max(longest, performance.now() - signalledAt)
        // 3: it was interrupted, or found no server, before there was any load.
        if (code === 130 || code === 3) complete++
        // Node.js itself was still starting: there was nobody yet to hear it, and nothing to end.
        else if (signal === 'SIGINT' && run.stderr() === '') atOnce++
        else console.log(`turn ${turn}, server ${state}: code ${code}\n${run.stderr().slice(-1000)}`)
        if (state === 'frozen') process.kill(own.pid, 'SIGCONT')
        if (state !== 'up') own.stop()
      }
      server.stop()
      const figures = `${complete} ended with the code of an interrupted run, ${atOnce} before it had begun, at most ${(longest / 1000).toFixed(2)} s`
      say('SIGINT at fifty random moments', figures, complete + atOnce === 50 && longest < 5000)
    },

    /** A thousand connections lost at once, again and again. */
    async 'reconnect storm of 1,000 connections'() {
      const server = await startServer('--maxclients', '4000')
      const client = new Redis(server.port)
      const load = ['--target-ops-per-second', '2000', '--clients', '1000', '--warmup', '2s']
      const run = start(server.port, [...load, '--duration', '115'])
      const memory = async () => {
        const samples = []
        for (let index = 0; index < 20; index++) {
          await sleep(500)
          samples.push(residentBytes(run.pid))
        }
        return mean(samples)
      }
      await sleep(15_000)
      const storm = async () => {
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        await sleep(5000)
      }
      // The first storms make room for the others: V8 and malloc keep what was needed once.
      for (let wave = 0; wave < 5; wave++) await storm()
      const before = await memory()
      for (let wave = 0; wave < 5; wave++) await storm()
      await sleep(5000)
      const after = await memory()
      const { connections, audit } = await run.ended
      client.disconnect()
      server.stop()
      const measured = connections.reconnections + connections.unfinished.length
      const leaks = /MaxListenersExceeded/.test(run.stderr())
      const ratio = after / before
      const holds =
        connections.drops === 10_000 &&
        measured === 10_000 &&
        audit.ok &&
        !leaks &&
        Math.abs(ratio - 1) <= 0.05
      const figures = `${connections.drops} lost = ${connections.reconnections} reconnected + ${connections.unfinished.length} still down; reconnection p50 ${connections.reconnection.p50_ms} p99 ${connections.reconnection.p99_ms} max ${connections.reconnection.max_ms} ms; memory ${(before / MEGABYTE).toFixed(1)} → ${(after / MEGABYTE).toFixed(1)} MiB (${ratio.toFixed(3)}×); ${leaks ? 'listeners leaked' : 'no leaked listeners'}`
      say('ten storms of 1,000 connections', figures, holds)
    },
  }
}
