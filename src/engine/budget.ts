/**
 * How many measured commands one load thread has left to schedule; all its loops share it. A batch is never cut: the
 * last one is taken whole.
 */
export class Budget {
  #left: number

  constructor(commands: number) {
    this.#left = commands
  }

  get isSpent(): boolean {
    return this.#left <= 0
  }

  take(commands: number): void {
    this.#left -= commands
  }
}

/** For loads that end by time. */
export function unlimitedBudget(): Budget {
  return new Budget(Number.POSITIVE_INFINITY)
}
