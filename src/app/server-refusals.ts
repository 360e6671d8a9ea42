/** What was refused is asked for again: rights come back. */
const REFUSED_MILLIS = 30_000

const WITHOUT: Readonly<Record<string, string>> = {
  INFO: 'there are no numbers of the servers',
  SLOWLOG: 'slow commands are not known as the servers saw them',
  LATENCY: 'there are no latency events of the servers',
}

/** Commands that servers have refused, and for how long they are not asked again. Times in milliseconds of one clock. */
export class ServerRefusals {
  readonly #until = new Map<string, number>()
  readonly #said = new Set<string>()
  readonly #commands = new Set<string>()

  mayAsk(server: string, command: string, at: number): boolean {
    return at >= (this.#until.get(`${server} ${command}`) ?? 0)
  }

  /** Commands that a server has refused at some time. */
  get commands(): readonly string[] {
    return [...this.#commands]
  }

  /** A sentence the first time, also for other servers, which have the same users; `undefined` if it was said before. */
  note(server: string, command: string, code: string, at: number): string | undefined {
    this.#until.set(`${server} ${command}`, at + REFUSED_MILLIS)
    this.#commands.add(command)
    const sentence = `${command} is refused (${code}): ${WITHOUT[command] ?? 'it is left out'}`
    if (this.#said.has(sentence)) return undefined
    this.#said.add(sentence)
    return sentence
  }
}
