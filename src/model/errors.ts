/** One thing that is wrong with what the user gave us. */
export interface Problem {
  /** Setting or profile path, for example `load.duration`. */
  readonly path: string
  /** What is wrong, with the value quoted. */
  readonly message: string
  /** Where it came from: a flag, an environment variable, or `file:line:column`. */
  readonly where?: string
  /** What to do about it. */
  readonly hint?: string
}

/** The user's mistake: shown as one line for each problem, never as a stack; exit code 2. */
export class UsageError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'))
    this.name = 'UsageError'
    this.problems = problems
  }
}

/** Redis could not be reached, or would not let us in, before any load was sent; exit code 3. */
export class ConnectError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'ConnectError'
    this.hint = hint
  }
}

const LONGEST_PROBLEM = 2000
// oxlint-disable-next-line no-control-regex -- what a user gave us is shown as text, never carried out by a terminal
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/g

/** `where: path: message (hint)` in one line, leaving out what is unknown. */
export function describeProblem(problem: Problem): string {
  const where = problem.where === undefined ? '' : `${problem.where}: `
  const path = problem.path === '' ? '' : `${problem.path}: `
  const hint = problem.hint === undefined ? '' : ` (${problem.hint})`
  const line = `${where}${path}${problem.message}${hint}`.replaceAll(CONTROL_CHARACTER, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[\u007f-\u009f]$/, '\ufffd'),
  )
  return line.length > LONGEST_PROBLEM ? `${line.slice(0, LONGEST_PROBLEM)}…` : line
}

/** Why the system refused something, in a word: `ENOENT`, `EACCES`, … */
export function systemReason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

/** An output that could not be written, although it could be before the run: a full disk. Told in one line. */
export class OutputError extends Error {}
