import type { Screen } from '../model/screen.ts'
import type { LiveState } from '../reports/live-view/live-state.ts'
import { renderLiveView } from '../reports/live-view/render-live-view.ts'
import { screenChanges } from '../reports/live-view/screen-changes.ts'

/** For what moves without news: the time that is left. */
const FRAME_MILLIS = 250

/** Keeps a screen up to date with a state: a few times a second, at once after a key, and only the lines that changed. */
export class Drawing {
  readonly #screen: Screen
  readonly #state: () => LiveState
  #shown: readonly string[] | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(screen: Screen, state: () => LiveState, onTyped: (typed: string) => void) {
    this.#screen = screen
    this.#state = state
    screen.open({
      redraw: () => {
        this.#shown = undefined
        this.draw()
      },
      typed: (typed) => {
        onTyped(typed)
        this.draw()
      },
    })
    this.#timer = setInterval(() => this.draw(), FRAME_MILLIS)
    this.#timer.unref()
  }

  draw(): void {
    if (this.#timer === undefined) return
    const lines = renderLiveView(this.#state(), this.#screen.size, this.#screen)
    const changes = screenChanges(this.#shown, lines)
    this.#shown = lines
    if (changes !== '') this.#screen.write(changes)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#screen.close()
  }
}
