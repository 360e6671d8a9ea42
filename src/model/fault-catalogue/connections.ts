import type { FaultSpec } from './fault-spec.ts'

/** Whose connections are killed. What is not ours is other people's. */
export const KILLED_CLIENTS = ['ours', 'ours-normal', 'ours-pubsub', 'normal', 'pubsub', 'replica'] as const

/** Faults of connections. */
export const CONNECTION_FAULTS = {
  'client-kill': {
    help: 'The server closes connections (CLIENT KILL), all at once',
    isDangerous: ({ type }) => !String(type).startsWith('ours'),
    takesShare: true,
    on: 'all',
    lasts: null,
    parameters: {
      type: {
        type: 'choice',
        choices: KILLED_CLIENTS,
        default: 'ours',
        help: 'Whose: ours (all of this run, or only its normal or pubsub ones), or everybody’s of a type',
      },
    },
    needs: 'CLIENT LIST and KILL',
    undo: 'none: the client comes back by itself',
    seen: '`closed`, then a reconnection for each connection that was killed',
  },
  'socket-cut': {
    help: 'We destroy our own sockets',
    isDangerous: false,
    takesShare: true,
    on: null,
    lasts: null,
    parameters: {},
    needs: 'nothing',
    undo: 'none: the client comes back by itself',
    seen: '`killed`, then a reconnection for each connection that was cut',
  },
} as const satisfies Readonly<Record<string, FaultSpec>>
