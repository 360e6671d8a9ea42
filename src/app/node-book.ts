/** So many servers are counted apart in one load thread; all others together. */
export const MOST_NODES = 64
const OTHERS = 'others'

/** Gives each server that a load thread comes to know a place in its ledger. */
export class NodeBook {
  readonly #indexes = new Map<string, number>()
  #news: { readonly index: number; readonly address: string }[] = []

  indexOf(address: string): number {
    const known = this.#indexes.get(address)
    if (known !== undefined) return known
    const isLast = this.#indexes.size >= MOST_NODES - 1
    const index = isLast ? MOST_NODES - 1 : this.#indexes.size
    this.#indexes.set(address, index)
    if (!isLast || this.#indexes.size === MOST_NODES)
      this.#news.push({ index, address: isLast ? OTHERS : address })
    return index
  }

  /** Those that nobody was told of. */
  take(): readonly { readonly index: number; readonly address: string }[] {
    const news = this.#news
    if (news.length > 0) this.#news = []
    return news
  }
}

/** How many servers a ledger of the plan has to tell apart. */
export function nodesToCount({ target }: { readonly target: { readonly topology: string } }): number {
  return target.topology === 'cluster' ? MOST_NODES : 0
}
