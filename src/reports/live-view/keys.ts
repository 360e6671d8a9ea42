export type LiveKey = 'pause' | 'more' | 'less' | 'next' | 'help' | 'close' | 'end'

const KEYS: Readonly<Record<string, LiveKey>> = {
  ' ': 'pause',
  '+': 'more',
  // The same key without shift.
  '=': 'more',
  '-': 'less',
  _: 'less',
  n: 'next',
  N: 'next',
  '?': 'help',
  h: 'help',
  q: 'end',
  Q: 'end',
  '\u001b': 'close',
}
/** Cursor keys, mouse and answers of the terminal: none of them is ours, and none of their letters is a key. */
// oxlint-disable-next-line no-control-regex -- what terminals send
const SEQUENCE = /\u001b(?:\[[\d;?<>=]*[ -/]*[@-~]|O.|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g

/** The keys in what was typed, in their order; whatever is no key of ours is left out. */
export function readKeys(typed: string): LiveKey[] {
  return typed
    .replaceAll(SEQUENCE, '')
    .split('')
    .flatMap((character) => KEYS[character] ?? [])
}
