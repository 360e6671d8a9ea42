import { describe, expect, it } from 'vitest'
import { limitOf } from '../../src/capacity/limit.ts'
import { capacityStep, failedStep } from '../support/capacity.ts'

const calm = capacityStep(1).generator

describe('what limits a capacity', () => {
  it('is the promise when everything was sent and answered, and nobody was busy', () => {
    const { by, evidence } = limitOf([failedStep(5000), failedStep(5000)])
    expect(by).toBe('promise')
    expect(evidence).toEqual([
      'p99 < 2ms was 3.1ms',
      'the generator kept up: 0.80 of 2 cores, start lag p99 0.4 ms',
      'the server used 40 % of a core',
    ])
  })

  it('is the server when its main thread has nothing left', () => {
    const busy = { server_cpu: { main_thread: 0.97, process: 1.1 } }
    const { by, evidence } = limitOf([failedStep(5000, busy), failedStep(5000, busy)])
    expect(by).toBe('server')
    expect(evidence[0]).toBe('the main thread of the server used 97 % of a core')
  })

  it('is the server when answers come more slowly than commands, whatever it says of itself', () => {
    const { by, evidence } = limitOf([
      failedStep(5000, { server_cpu: null, in_flight: { at_start: 40, at_end: 900 } }),
    ])
    expect(by).toBe('server')
    expect(evidence).toEqual([
      'answers came more slowly than commands were sent: 40 waited after the first second, 900 at the end',
      'the generator kept up: 0.80 of 2 cores, start lag p99 0.4 ms',
      'the CPU time of the server is not known',
    ])
  })

  it.each([
    [{ dropped_generator_late: 12 }, 'the generator was too late to send 12 arrivals'],
    [{ generator: { ...calm, cpu_cores: 1.9 } }, 'the load threads used 1.90 of 2 cores'],
    [{ generator: { ...calm, start_lag_p99_ms: 15 } }, 'arrivals started late (p99 15 ms)'],
    [
      { generator: { ...calm, calibration_share: 0.96 } },
      'the rate is 96 % of what the generator can do here',
    ],
  ])('is the generator when only it shows signs: %j', (changes, sign) => {
    const { by, evidence } = limitOf([failedStep(5000, changes)])
    expect(by).toBe('generator')
    expect(evidence[0]).toBe(sign)
    expect(evidence.at(-1)).toBe('the server used 40 % of a core')
  })

  it('is not the generator because it spins', () => {
    const spinning = { generator: { ...calm, cpu_cores: 2, pacing: 'precise' } }
    expect(limitOf([failedStep(5000, spinning)]).by).toBe('promise')
  })

  it('is the server when commands pile up, although the generator was a little late meanwhile', () => {
    const piled = { in_flight: { at_start: 40, at_end: 900 }, server_cpu: null }
    const { by, evidence } = limitOf([
      failedStep(5000, { ...piled, generator: { ...calm, start_lag_p99_ms: 15 } }),
    ])
    expect(by).toBe('server')
    expect(evidence).toContain('arrivals started late (p99 15 ms)')
    const spent = { ...piled, generator: { ...calm, cpu_cores: 2 } }
    expect(limitOf([failedStep(5000, spent)]).by).toBe('generator')
  })

  it('is the server when too few were answered, and unknown when the generator was late as well', () => {
    const failures = [{ kind: 'rate', detail: '90.0 of 100.0 commands a second were answered' }] as const
    expect(limitOf([failedStep(100, { failures })]).by).toBe('server')
    const late = { failures, generator: { ...calm, loop_delay_p99_ms: 25 } }
    const { by, evidence } = limitOf([failedStep(100, late)])
    expect(by).toBe('unknown')
    expect(evidence).toEqual([
      '90.0 of 100.0 commands a second were answered',
      'the event loop of the generator was held up (p99 25 ms)',
      'the server used 40 % of a core',
    ])
  })

  it('is unknown when both show signs, with all of them', () => {
    const { by, evidence } = limitOf([
      failedStep(5000, {
        server_cpu: { main_thread: 0.95, process: 1 },
        generator: { ...calm, cpu_cores: 1.95 },
      }),
    ])
    expect(by).toBe('unknown')
    expect(evidence).toEqual([
      'the load threads used 1.95 of 2 cores',
      'the main thread of the server used 95 % of a core',
    ])
  })

  it('looks at steps that were not disturbed, if there are any', () => {
    const late = { generator: { ...calm, start_lag_p99_ms: 30 }, disturbed: true }
    const all = [failedStep(5000, late), failedStep(5000, late), failedStep(5000, late)]
    expect(limitOf([...all, failedStep(5000)]).by).toBe('promise')
    expect(limitOf(all).by).toBe('generator')
  })

  it('is unknown when others had taken what was left of the machine, unless the server was busy all the same', () => {
    const crowded = { machine_cpu: { cores: 2, idle: 0.02, others: 1.6 } }
    const piled = { ...crowded, in_flight: { at_start: 40, at_end: 900 } }
    const { by, evidence } = limitOf([failedStep(5000, piled)])
    expect(by).toBe('unknown')
    expect(evidence[0]).toBe('other processes used 1.60 of the 2 cores of this machine, and nothing was left')
    const busy = { ...piled, server_cpu: { main_thread: 0.97, process: 1 } }
    expect(limitOf([failedStep(5000, busy)]).by).toBe('server')
  })

  it('takes a queue that grows for a server that is slower than the load, however it began', () => {
    const grows = { server_cpu: null, in_flight: { at_start: 300, at_end: 800 } }
    expect(limitOf([failedStep(5000, grows)]).by).toBe('server')
    const stays = { server_cpu: null, in_flight: { at_start: 300, at_end: 400 } }
    expect(limitOf([failedStep(5000, stays)]).by).toBe('promise')
  })

  it('takes what shows in one of three steps for a disturbance', () => {
    const disturbed = failedStep(5000, { generator: { ...calm, start_lag_p99_ms: 30 } })
    expect(limitOf([disturbed, failedStep(5000), failedStep(5000)]).by).toBe('promise')
    expect(limitOf([capacityStep(5000), disturbed, failedStep(5000)]).by).toBe('generator')
  })
})
