import { EXIT, type ExitCode } from '../model/exit-code.ts'

export { EXIT, type ExitCode } from '../model/exit-code.ts'

/** What each means, for `--help`. */
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
