import { UsageError } from '../model/errors.ts'
import type { OutputPlan } from '../model/plan.ts'
import type { Screen, ScreenListener } from '../model/screen.ts'
import { divertStderr } from './stderr-route.ts'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H'
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'
/** More lines than this are printed at once, under the view: memory has a bound, and no line is lost. */
const MOST_HELD = 500
const INTERRUPT = '\u0003'
const SUSPEND = '\u001a'
const QUIT = '\u001c'
/** Of this process and those started with it: what the terminal itself would send to. */
const OUR_GROUP = 0

/** The screen for a live view, if there is to be one: `undefined` where lines, or nothing, are shown. */
export function screenFor(
  { progress, quiet }: Pick<OutputPlan, 'progress' | 'quiet'>,
  environment: Readonly<Record<string, string | undefined>>,
  requestEnd: () => void,
): Screen | undefined {
  if (quiet || progress === 'lines' || progress === 'none') return undefined
  const isAble = process.stderr.isTTY && environment['TERM'] !== 'dumb'
  if (isAble) return new LiveScreen(environment, requestEnd)
  if (progress === 'auto') return undefined
  throw new UsageError([
    {
      path: 'output.progress',
      message: process.stderr.isTTY
        ? 'the terminal is a dumb one (TERM=dumb)'
        : 'standard error is no terminal, and the live view needs one',
      hint: 'use --progress auto',
    },
  ])
}

/** The alternate screen of the terminal at standard error, with the keys of the one at standard input. */
class LiveScreen implements Screen {
  readonly hasColours: boolean
  readonly hasUnicode: boolean
  readonly hasKeys = process.stdin.isTTY
  readonly requestEnd: () => void
  #listener: ScreenListener | undefined
  #held: string[] = []
  #isShown = false

  constructor(environment: Readonly<Record<string, string | undefined>>, requestEnd: () => void) {
    this.hasColours = (environment['NO_COLOR'] ?? '') === ''
    const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || 'UTF-8'
    this.hasUnicode = /utf-?8/i.test(locale)
    this.requestEnd = requestEnd
  }

  get size(): Screen['size'] {
    // Both are 0 where the terminal does not say.
    return { columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }
  }

  get heldLines(): readonly string[] {
    return this.#held
  }

  open(listener: ScreenListener): void {
    this.#listener = listener
    divertStderr((text) => this.#hold(text))
    process.on('exit', this.#leave)
    process.on('SIGTSTP', this.#suspend)
    process.on('SIGCONT', this.#resume)
    process.stderr.on('resize', this.#redraw)
    process.stdin.on('data', this.#typed)
    this.#enter()
  }

  write(text: string): void {
    if (this.#isShown) process.stderr.write(text)
  }

  close(): void {
    if (this.#listener === undefined) return
    this.#listener = undefined
    process.off('exit', this.#leave)
    process.off('SIGTSTP', this.#suspend)
    process.off('SIGCONT', this.#resume)
    process.stderr.off('resize', this.#redraw)
    process.stdin.off('data', this.#typed)
    this.#leave()
    divertStderr(undefined)
  }

  #enter(): void {
    if (this.hasKeys) process.stdin.setRawMode(true).resume()
    process.stderr.write(ENTER)
    this.#isShown = true
  }

  /** Everything as it was, and under it what was kept back. */
  readonly #leave = (): void => {
    if (!this.#isShown) return
    this.#isShown = false
    process.stderr.write(LEAVE)
    if (this.hasKeys) process.stdin.setRawMode(false).pause()
    this.#printHeld()
  }

  readonly #suspend = (): void => {
    this.#leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  readonly #resume = (): void => {
    if (this.#isShown) return
    this.#enter()
    this.#redraw()
  }

  readonly #redraw = (): void => {
    if (this.#isShown) this.#listener?.redraw()
  }

  /** In raw mode the terminal sends no signals by itself. */
  readonly #typed = (chunk: Buffer): void => {
    const typed = chunk.toString('utf8')
    if (typed.includes(QUIT)) {
      this.close()
      process.kill(OUR_GROUP, 'SIGQUIT')
    } else if (typed.includes(INTERRUPT)) process.kill(OUR_GROUP, 'SIGINT')
    else if (typed.includes(SUSPEND)) process.kill(OUR_GROUP, 'SIGTSTP')
    else this.#listener?.typed(typed)
  }

  #hold(text: string): void {
    this.#held.push(...text.replace(/\n$/, '').split('\n'))
    if (this.#held.length <= MOST_HELD) return
    process.stderr.write(LEAVE)
    this.#printHeld()
    process.stderr.write(ENTER)
    this.#redraw()
  }

  #printHeld(): void {
    if (this.#held.length > 0) process.stderr.write(`${this.#held.join('\n')}\n`)
    this.#held = []
  }
}
