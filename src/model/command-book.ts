/** What a profile may say in `command:`. */
export interface CommandBook {
  /** Names of the commands that need no arguments in a profile: `GET` stands for its usual template. */
  readonly names: readonly string[]
  /**
   * What is wrong with a command template (unknown command or placeholder, missing arguments, dangerous without
   * permission …) in one sentence; `undefined` when it can be sent.
   */
  problemWith(
    command: string,
    options: {
      readonly allowDangerous: boolean
      /** The command that `{same}` refers to. */
      readonly after?: string
    },
  ): string | undefined
  /** The full template of a command: of a name alone its usual one, e.g. `SET` → `SET {key} {value}`. */
  templateOf(command: string): string
  /** Label of a command that has no other: upper-case, with its subcommand if it has one (`XGROUP CREATE`). */
  nameOf(command: string): string
  /** Whether a replica would run it. */
  isReadOnly(command: string): boolean
  /** Whether it may wait on the server (BLPOP, XREADGROUP … BLOCK) and so needs connections of its own. */
  isBlocking(command: string): boolean
  /** Whether it reaches beyond the keys of the run. */
  isDangerous(command: string): boolean
  /** What is wrong with a Lua text that reaches beyond the keys of the run, in one sentence. */
  problemWithScript(script: string): string | undefined
}
