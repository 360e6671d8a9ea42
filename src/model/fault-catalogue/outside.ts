import { DAY_MILLIS, type FaultParameters, type FaultSpec, type ParameterSpec } from './fault-spec.ts'

const URL_TEXT = /^https?:\/\/[^\s@/]+(?:\/[^\s@]*)?$/
const URL_EXPECTED = 'a URL with http:// or https://, without user and password'
const url = (help: string): ParameterSpec => ({
  type: 'text',
  matching: URL_TEXT,
  expected: URL_EXPECTED,
  help,
})

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * What each toxic takes, besides its stream and toxicity; as Toxiproxy has them
 * (https://github.com/Shopify/toxiproxy#toxics). From `half_open` on they are those of our own proxy.
 */
const TOXICS: Readonly<Record<string, readonly string[]>> = {
  latency: ['latency', 'jitter'],
  down: [],
  bandwidth: ['rate'],
  slow_close: ['delay'],
  timeout: ['timeout'],
  reset_peer: ['timeout'],
  slicer: ['average_size', 'size_variation', 'delay'],
  limit_data: ['bytes'],
  half_open: [],
  accept_close: [],
  refuse: [],
  resp_error: ['error', 'commands', 'probability', 'count'],
  resp_garbage: ['bytes', 'commands', 'probability', 'count'],
  resp_cut: ['bytes', 'bulk', 'action', 'commands', 'probability', 'count'],
  resp_push: ['push', 'interval', 'opted_in'],
  resp_drop_reply: ['action', 'commands', 'probability', 'count'],
  resp_duplicate: ['commands', 'share', 'count'],
  resp_maint_notifications: [],
}

const amount = (help: string): ParameterSpec => ({ type: 'integer', min: 0, max: 2 ** 40, help })

const OF_ALL_TOXICS = new Set(['stream', 'toxicity'])

function wrongAttribute({
  toxic,
  ...others
}: FaultParameters): { parameter: string; message: string } | undefined {
  const known = TOXICS[String(toxic)] ?? []
  const parameter = Object.keys(others).find((name) => !known.includes(name) && !OF_ALL_TOXICS.has(name))
  return parameter === undefined
    ? undefined
    : { parameter, message: `the toxic ${String(toxic)} does not take it: ${known.join(', ') || 'nothing'}` }
}

/** Faults that happen outside of Redis. */
export const OUTSIDE_FAULTS = {
  proxy: {
    help: 'A toxic in a TCP proxy between us and a server (Toxiproxy, https://github.com/Shopify/toxiproxy)',
    isDangerous: false,
    takesShare: false,
    on: 'all',
    lasts: { usual: 5000, max: DAY_MILLIS },
    parameters: {
      toxic: { type: 'choice', choices: Object.keys(TOXICS), required: true, help: 'Which' },
      stream: {
        type: 'choice',
        choices: ['upstream', 'downstream'],
        default: 'downstream',
        help: 'To the server, or to us',
      },
      toxicity: { type: 'number', min: 0, max: 1, default: 1, help: 'Share of the connections' },
      latency: amount('latency: milliseconds'),
      jitter: amount('latency: up to so many milliseconds more or less'),
      rate: amount('bandwidth: KB a second'),
      delay: amount('slow_close: milliseconds; slicer: microseconds'),
      timeout: amount(
        'timeout, reset_peer: milliseconds; timeout 0 drops everything and keeps the connection',
      ),
      average_size: amount('slicer: bytes'),
      size_variation: amount('slicer: bytes'),
      bytes: amount(
        'limit_data: bytes after which the connection is closed; resp_garbage, resp_cut: how many',
      ),
      error: { type: 'text', help: 'resp_error: the answer, as in LOADING Redis is loading' },
      commands: { type: 'command', help: 'resp_…: names of the commands that are meant; without them, all' },
      probability: { type: 'number', min: 0, max: 1, help: 'resp_…: of each command' },
      count: amount('resp_…: at most so many; 0: any number'),
      action: {
        type: 'choice',
        choices: ['close', 'reset', 'hold'],
        help: 'resp_cut, resp_drop_reply: and then',
      },
      bulk: amount('resp_cut: cut in a bulk of at least so many bytes'),
      push: { type: 'command', help: 'resp_push: what is pushed' },
      interval: amount('resp_push: milliseconds between two'),
      opted_in: { type: 'toggle', help: 'resp_push: only to who asked for maintenance notifications' },
      share: { type: 'number', min: 0, max: 1, help: 'resp_duplicate: of the commands' },
    },
    check: wrongAttribute,
    needs:
      'nothing: a proxy of ours is started for each server when the profile plans one; or a Toxiproxy (`--toxiproxy`) that the load goes through. What begins with resp_, half_open, accept_close and refuse only ours knows',
    undo: 'the toxic is removed (or the proxy enabled again)',
    seen: 'as the toxic has it',
  },
  http: {
    help: 'Asks a fault injector of others, and waits until it is done',
    isDangerous: true,
    takesShare: false,
    on: null,
    lasts: { usual: 5000, max: DAY_MILLIS },
    parameters: {
      url: { ...url('What is asked'), required: true },
      method: { type: 'choice', choices: METHODS, default: 'POST', help: 'How' },
      body: { type: 'text', help: 'Sent as JSON' },
      poll_url: url('Asked with GET until it is done; {name} stands for a field of the first answer'),
      poll_until: { type: 'text', default: 'success', help: 'Text that the answer holds when it is done' },
      poll_every: { type: 'duration', min: 50, max: 60_000, default: 500, help: 'Time between two polls' },
      poll_timeout: {
        type: 'duration',
        min: 100,
        max: DAY_MILLIS,
        default: 60_000,
        help: 'When it has failed',
      },
      revert_url: url('What is asked at the end'),
      revert_method: { type: 'choice', choices: METHODS, default: 'POST', help: 'How' },
      revert_body: { type: 'text', help: 'Sent as JSON' },
    },
    needs: 'a service; its address on the list of targets',
    undo: 'the request of `revert_url`, if there is one',
    seen: 'depends on the service',
  },
} as const satisfies Readonly<Record<string, FaultSpec>>
