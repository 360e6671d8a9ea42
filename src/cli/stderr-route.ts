/** A process has one standard error; who has the terminal for itself takes what others would write over it. */
let taker: ((text: string) => void) | undefined

/** While there is a taker, it gets what would go to standard error. */
export function divertStderr(next: ((text: string) => void) | undefined): void {
  taker = next
}

export function writeStderr(text: string): void {
  if (taker === undefined) process.stderr.write(text)
  else taker(text)
}
