import { DAY_MILLIS, type FaultParameters, type FaultSpec } from './fault-spec.ts'

const COMMAND_HELP =
  'A program and its arguments; {host}, {port} and {address} stand for the server. No shell is involved'

/** Both of a pair of commands, or none. */
function pair(
  first: string,
  second: string,
): (parameters: FaultParameters) => { parameter: string; message: string } | undefined {
  return (parameters) => {
    const [has, hasOther] = [parameters[first] !== undefined, parameters[second] !== undefined]
    if (has === hasOther) return undefined
    const [given, missing] = has ? [first, second] : [second, first]
    return { parameter: missing, message: `needed, as what is done by ${given} has to be undone` }
  }
}

/** Faults that stop or slow a server. */
export const SERVER_FAULTS = {
  pause: {
    help: 'The server takes requests and does not answer them (CLIENT PAUSE)',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: { usual: 2000, max: 600_000 },
    parameters: {
      mode: { type: 'choice', choices: ['all', 'write'], default: 'all', help: 'Which commands wait' },
    },
    needs: 'CLIENT PAUSE',
    undo: 'CLIENT UNPAUSE; it ends by itself in any case (a pause of all commands only so)',
    seen: 'no error (without a deadline in between); the longest latency is as long as the pause',
  },
  block: {
    help: 'The server does nothing else: a busy script, or DEBUG SLEEP',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: { usual: 1000, max: 60_000 },
    parameters: {
      how: {
        type: 'choice',
        choices: ['eval', 'debug-sleep'],
        default: 'eval',
        help: 'debug-sleep needs enable-debug-command',
      },
    },
    needs: 'EVAL, or DEBUG where it is enabled',
    undo: 'SCRIPT KILL; it ends by itself in any case',
    seen: 'latency as of a pause; `BUSY` when it lasts longer than busy-reply-threshold (5 s)',
  },
  freeze: {
    help: 'The process stops (SIGSTOP): the kernel still accepts connections, nobody answers',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: { usual: 2000, max: DAY_MILLIS },
    parameters: {
      stop: {
        type: 'command',
        help: `What freezes it, where it is not the embedded server. ${COMMAND_HELP}`,
      },
      continue: { type: 'command', help: 'What lets it go on' },
    },
    check: pair('stop', 'continue'),
    needs: 'the embedded server, or a pair of commands',
    undo: 'SIGCONT, or the command',
    seen: 'no event at all until the socket timeout or the deadline of a command',
  },
  crash: {
    help: 'The process is killed (SIGKILL) and started again',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: { usual: 1000, max: DAY_MILLIS },
    parameters: {
      command: {
        type: 'command',
        help: `What kills it, where it is not the embedded server. ${COMMAND_HELP}`,
      },
      restart: { type: 'command', help: 'What starts it again' },
    },
    check: pair('command', 'restart'),
    needs: 'the embedded server, or a pair of commands',
    undo: 'the server is started again, on its port; what it held in memory is gone',
    seen: '`closed`, then `ECONNREFUSED`; every outage is at least as long as the server was down',
  },
  'slow-replica': {
    help: 'A replica falls behind: busy scripts leave it a share of its time',
    isDangerous: true,
    takesShare: false,
    on: 'replicas',
    lasts: { usual: 5000, max: 600_000 },
    parameters: {
      busy: {
        type: 'number',
        min: 0.1,
        max: 0.99,
        default: 0.9,
        help: 'Share of its time that is taken away, in pieces of 200 ms',
      },
    },
    needs: 'EVAL on replicas',
    undo: 'none: each script ends by itself',
    seen: 'reads from replicas are slow and stale; WAIT takes longer',
  },
} as const satisfies Readonly<Record<string, FaultSpec>>
