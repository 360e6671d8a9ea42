import { UsageError } from '../model/errors.ts'
import type { OutputPlan } from '../model/plan.ts'
import type { Screen, ScreenListener } from '../model/screen.ts'
import { isInForeground } from './foreground.ts'
import { divertStderr, restoreStderr, writeToTerminal } from './stderr-route.ts'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H'
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'
/** More lines than this are printed at once, under the view: memory has a bound, and no line is lost. */
const MOST_HELD = 500
/** In the background: how often to see whether we have the terminal again. */
const BACKGROUND_MILLIS = 500
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
  if (isAble && (progress === 'live' || isInForeground())) return new LiveScreen(environment, requestEnd)
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
  /** Waits for the terminal. */
  #background: NodeJS.Timeout | undefined

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
    process.on('SIGCONT', this.#show)
    process.stderr.on('resize', this.#redraw)
    process.stdin.on('data', this.#typed)
    this.#show()
  }

  write(text: string): void {
    if (this.#isShown) writeToTerminal(text)
  }

  close(): void {
    if (this.#listener === undefined) return
    this.#listener = undefined
    process.off('exit', this.#leave)
    process.off('SIGTSTP', this.#suspend)
    process.off('SIGCONT', this.#show)
    process.stderr.off('resize', this.#redraw)
    process.stdin.off('data', this.#typed)
    clearInterval(this.#background)
    this.#leave()
    restoreStderr()
  }

  #enter(): void {
    // The first one, because what is set already is not set again.
    if (this.hasKeys) process.stdin.setRawMode(false).setRawMode(true).resume()
    writeToTerminal(ENTER)
    this.#isShown = true
  }

  /** Everything as it was, and under it what was kept back. */
  readonly #leave = (): void => {
    if (this.#isShown) {
      this.#isShown = false
      writeToTerminal(LEAVE)
      if (this.hasKeys) process.stdin.setRawMode(false).pause()
    }
    this.#printHeld()
  }

  readonly #suspend = (): void => {
    this.#leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  /** At first, and whoever stopped us: the terminal may have other modes now, or belong to somebody else. */
  readonly #show = (): void => {
    clearInterval(this.#background)
    if (isInForeground()) {
      this.#enter()
      this.#redraw()
      // It may have another size, too, and only who had it was told.
      process.kill(process.pid, 'SIGWINCH')
    } else {
      this.#isShown = false
      // Who reads from a terminal that belongs to somebody else is stopped.
      if (this.hasKeys) process.stdin.pause()
      // A shell says nothing when it gives the terminal to who goes on in the background.
      this.#background = setInterval(this.#show, BACKGROUND_MILLIS)
      this.#background.unref()
    }
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
    if (!this.#isShown) {
      writeToTerminal(text)
      return
    }
    this.#held.push(...text.replace(/\n$/, '').split('\n'))
    if (this.#held.length <= MOST_HELD) return
    writeToTerminal(LEAVE)
    this.#printHeld()
    writeToTerminal(ENTER)
    this.#redraw()
  }

  #printHeld(): void {
    if (this.#held.length > 0) writeToTerminal(`${this.#held.join('\n')}\n`)
    this.#held = []
  }
}
