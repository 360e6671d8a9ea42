import type { Log } from '../model/log.ts'

/** Things to undo: always all of them, the newest first; one that fails does not keep the others from being done. */
export class CleanupStack {
  readonly #log: Log
  readonly #steps: { readonly what: string; readonly undo: () => void | Promise<void> }[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(what: string, undo: () => void | Promise<void>): void {
    this.#steps.push({ what, undo })
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo()
      } catch (error) {
        this.#log.warn({ err: error }, `could not ${step.what}`)
      }
    }
  }
}
