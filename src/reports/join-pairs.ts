/** Neighbours joined two by two: half as many as before. The last one stays by itself when their number is odd. */
export function joinPairs<Item>(items: readonly Item[], join: (first: Item, second: Item) => Item): Item[] {
  const joined: Item[] = []
  for (let index = 0; index < items.length; index += 2) {
    const first = items[index]!
    const second = items[index + 1]
    joined.push(second === undefined ? first : join(first, second))
  }
  return joined
}
