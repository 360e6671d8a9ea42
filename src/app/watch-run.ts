import type { Screen } from '../model/screen.ts'
import { readKeys } from '../reports/live-view/keys.ts'
import { WatchHistory } from '../reports/watch/watch-history.ts'
import { renderWatchEnd, renderWatchLine } from '../reports/watch/watch-line.ts'
import { Drawing } from './drawing.ts'
import { everySecond } from './every-second.ts'
import { messagesIn } from './live-messages.ts'
import { notReached, scrapeRun } from './scrape-run.ts'

const NOTICE_MILLIS = 5000
/** After a run there may be another one: of a series, or because somebody starts it again. */
const GONE_MILLIS = 3000

export interface WatchParts {
  readonly url: URL
  /** Absent: a line a second instead. */
  readonly screen: Screen | undefined
  readonly stdout: (text: string) => void
  /** Resolves when whoever watches wants to leave. */
  readonly left: Promise<void>
}

/**
 * Watches a run from its /metrics, once a second, until it is over and gone or somebody leaves; resolves with how it was
 * at last, in a line, unless that has been said. A run that goes away in between is waited for, also when it comes back as another one.
 */
export async function watchRun({ url, screen, stdout, left }: WatchParts): Promise<string | undefined> {
  const first = await scrapeRun(url)
  if ('failure' in first) throw notReached(url, first.failure)
  const watch = new Watch(url, screen, stdout)
  try {
    return await Promise.race([watch.untilGone(), left.then(() => watch.lastOnScreen())])
  } finally {
    watch.close()
  }
}

class Watch {
  readonly #url: URL
  readonly #screen: Screen | undefined
  readonly #stdout: (text: string) => void
  readonly #history = new WatchHistory()
  readonly #drawing: Drawing | undefined
  #notice: { readonly text: string; readonly untilMillis: number } | undefined
  #silentSinceMillis: number | undefined
  #isHelpShown = false
  #isAsking = false
  #stop = (): void => {}

  constructor(url: URL, screen: Screen | undefined, stdout: (text: string) => void) {
    this.#url = url
    this.#screen = screen
    this.#stdout = stdout
    if (screen !== undefined) {
      const obey = (typed: string): void => this.#obey(typed, screen)
      this.#drawing = new Drawing(screen, () => this.#state(), obey)
    }
  }

  /** Rejects when the address is no run any more, but something else. */
  untilGone(): Promise<string> {
    return new Promise((resolve, reject) => {
      const now = (): number => performance.now()
      this.#stop = everySecond(now(), now, () => {
        if (this.#isAsking) return
        this.#isAsking = true
        this.#look()
          .then((isGone) => {
            this.#isAsking = false
            if (isGone) resolve(renderWatchEnd(this.#state()))
          })
          .catch(reject)
      })
    })
  }

  /** What a screen that is given back leaves behind. */
  lastOnScreen(): string | undefined {
    return this.#screen === undefined ? undefined : renderWatchLine({ ...this.#state(), notice: null })
  }

  #line(): string {
    return renderWatchLine(this.#state())
  }

  close(): void {
    this.#stop()
    this.#drawing?.close()
  }

  /** Whether the run is over and gone. */
  async #look(): Promise<boolean> {
    const answer = await scrapeRun(this.#url)
    if ('failure' in answer) {
      this.#silentSinceMillis ??= Date.now()
      this.#history.addGap()
      const silentMillis = Date.now() - this.#silentSinceMillis
      const isOver = this.#history.isOver(this.#silentSinceMillis)
      if (isOver && silentMillis >= GONE_MILLIS) return true
      const why = isOver
        ? 'the run is over'
        : `no answer for ${Math.round(silentMillis / 1000)} s (${answer.failure})`
      this.#say(`${why}, ${isOver ? 'and gone: is there another?' : 'trying again'}`)
    } else {
      if (this.#silentSinceMillis !== undefined) this.#notice = undefined
      this.#silentSinceMillis = undefined
      const news = 'scrape' in answer ? this.#history.add(answer.scrape) : 'the run is starting'
      if (news !== undefined) this.#say(news)
    }
    if (this.#drawing === undefined) this.#stdout(`${this.#line()}\n`)
    else this.#drawing.draw()
    return false
  }

  #obey(typed: string, screen: Screen): void {
    for (const key of readKeys(typed)) {
      if (key === 'end') screen.requestEnd()
      else if (key === 'help') this.#isHelpShown = !this.#isHelpShown
      else if (key === 'close') this.#isHelpShown = false
      else this.#say('a run is adjusted where it was started')
    }
  }

  #say(text: string): void {
    this.#notice = { text, untilMillis: Date.now() + NOTICE_MILLIS }
  }

  #state(): ReturnType<WatchHistory['state']> {
    const now = Date.now()
    return this.#history.state(now, {
      from: this.#url.host,
      notice: this.#notice !== undefined && now < this.#notice.untilMillis ? this.#notice.text : null,
      keys: this.#screen?.hasKeys === true ? 'watch' : 'none',
      isHelpShown: this.#isHelpShown,
      messages: messagesIn(this.#screen?.heldLines ?? []),
    })
  }
}
