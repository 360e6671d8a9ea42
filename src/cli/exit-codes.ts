/** Every exit code of this tool. Listed in `--help`, so that scripts can rely on them. */
export const EXIT = {
  ok: 0,
  internalError: 1,
  usage: 2,
  cannotConnect: 3,
  thresholdsFailed: 4,
  auditFailed: 5,
  interruptedBySigint: 130,
  interruptedBySigterm: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODE_HELP: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'the run is complete; also when a run without --duration and --count was ended by a signal'],
  [
    EXIT.internalError,
    'something in the tool broke: a load thread died, an output could not be written, or a fault not be taken back',
  ],
  [
    EXIT.usage,
    'a flag, variable, profile or path is wrong, or the target is refused (--yes); no load was sent',
  ],
  [EXIT.cannotConnect, 'Redis could not be reached, or did not let us in; no load was sent'],
  [EXIT.thresholdsFailed, 'a threshold or an expectation is not met; the report says which'],
  [EXIT.auditFailed, 'the numbers contradict each other or the server: do not use them'],
  [EXIT.interruptedBySigint, 'ended early by SIGINT; the report is written'],
  [EXIT.interruptedBySigterm, 'ended early by SIGTERM; the report is written'],
]
