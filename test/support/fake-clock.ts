import type { Clock } from '../../src/model/clock.ts'

/** A clock whose hands are turned by the test. */
export class FakeClock implements Clock {
  #now: number

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  advance(millis: number): void {
    this.#now += millis
  }

  set(now: number): void {
    this.#now = now
  }
}
