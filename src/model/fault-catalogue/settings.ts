import { DAY_MILLIS, type FaultSpec } from './fault-spec.ts'

const SIZE = /^\d{1,15}(?:b|k|kb|m|mb|g|gb)?$/i
const LASTS = { usual: 5000, max: DAY_MILLIS }
const CONFIG_UNDO = 'CONFIG SET with the values that CONFIG GET gave before'
/** Its value would be a secret, or could not be put back from what CONFIG GET tells. */
const NOT_FOR_FAULTS = /pass|auth|user|acl|^(?:bind|port|tls-port|save|dir|dbfilename|logfile|unixsocket.*)$/i
const CONFIG_NAME = /^[a-z][a-z0-9-]{1,63}$/i
/** Passwords do not belong into profiles, and these leave a user that nobody can restore or log in with. */
const FORBIDDEN_RULE = /^(?:[><#!].*|reset|resetpass|nopass|off|on|clearselectors|\(.*)$/i
const ACL_RULE = /^(?:[+-][@a-z0-9|_-]{1,64}|%?[rw]{0,2}~\S{1,256}|&\S{1,256}|[a-z]{2,20})$/i

/** Faults that change what a server is told to do, and put back what it was. */
export const SETTING_FAULTS = {
  maxmemory: {
    help: 'Less memory for the data, so that writes are refused',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: LASTS,
    parameters: {
      to: { type: 'text', matching: SIZE, expected: 'a size such as 1mb', default: '1mb', help: 'The limit' },
      policy: {
        type: 'text',
        matching: /^[a-z-]{4,32}$/,
        expected: 'a policy such as noeviction',
        default: 'noeviction',
        help: 'maxmemory-policy in the meantime; anything but noeviction throws keys away',
      },
    },
    needs: 'CONFIG',
    undo: CONFIG_UNDO,
    seen: '`OOM` for every write that needs memory',
  },
  maxclients: {
    help: 'Fewer connections are accepted',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: LASTS,
    parameters: {
      to: { type: 'integer', min: 1, max: 1_000_000, default: 1, help: 'The limit; who is connected stays' },
    },
    needs: 'CONFIG',
    undo: CONFIG_UNDO,
    seen: 'only who reconnects is refused: `maxclients`, `closed` or `EPIPE`; the server counts rejected_connections',
  },
  'min-replicas': {
    help: 'A master wants more replicas than it has before it takes writes',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: LASTS,
    parameters: {
      to: { type: 'integer', min: 1, max: 10_000, default: 100, help: 'How many it wants' },
    },
    needs: 'CONFIG',
    undo: CONFIG_UNDO,
    seen: '`NOREPLICAS` for every write',
  },
  'idle-timeout': {
    help: 'The server closes connections that say nothing for a while',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: LASTS,
    parameters: {
      to: { type: 'duration', min: 1000, max: DAY_MILLIS, default: 1000, help: 'Idle time; whole seconds' },
    },
    needs: 'CONFIG',
    undo: CONFIG_UNDO,
    seen: '`closed` on connections with little to do, then reconnections',
  },
  'config-change': {
    help: 'Any setting of the server has another value',
    isDangerous: true,
    takesShare: false,
    on: 'masters',
    lasts: LASTS,
    parameters: {
      name: {
        type: 'text',
        matching: CONFIG_NAME,
        expected: 'the name of a setting of the server',
        required: true,
        help: 'As CONFIG SET has it; not one of credentials, addresses or files',
      },
      to: { type: 'text', required: true, help: 'Its value' },
    },
    check: ({ name }) =>
      NOT_FOR_FAULTS.test(String(name))
        ? { parameter: 'name', message: `${String(name)} is not for faults: it could not be put back` }
        : undefined,
    needs: 'CONFIG',
    undo: CONFIG_UNDO,
    seen: 'depends: `replica-serve-stale-data no` on a replica without its master gives `MASTERDOWN`',
  },
  'acl-change': {
    help: 'The user of the load may do less (ACL SETUSER)',
    isDangerous: true,
    takesShare: false,
    on: 'all',
    lasts: LASTS,
    parameters: {
      rules: {
        type: 'text',
        default: '-@write',
        help: 'ACL rules with spaces in between, without passwords. What the tool itself needs stays allowed',
      },
      user: {
        type: 'text',
        matching: /^\S{1,128}$/,
        expected: 'the name of a user',
        help: 'Another user than that of the load',
      },
    },
    check({ rules }) {
      const wrong = String(rules)
        .split(' ')
        .find((rule) => FORBIDDEN_RULE.test(rule) || !ACL_RULE.test(rule))
      return wrong === undefined
        ? undefined
        : { parameter: 'rules', message: `${JSON.stringify(wrong)} is no rule of commands, keys or channels` }
    },
    needs: 'Redis 6, ACL GETUSER and SETUSER',
    undo: 'ACL SETUSER with the commands, keys and channels that ACL GETUSER gave before',
    seen: '`NOPERM` for what is not allowed',
  },
  'password-rotation': {
    help: 'The user of the load gets another password, which the clients do not know',
    isDangerous: true,
    takesShare: false,
    on: 'all',
    lasts: LASTS,
    parameters: {},
    needs: 'Redis 6, a password, ACL SETUSER',
    undo: 'the password of the run is valid again, the other one is not',
    seen: 'who is connected stays; `WRONGPASS` for every reconnection',
  },
  'certificate-rotation': {
    help: 'The server shows another certificate (CONFIG SET tls-cert-file, tls-key-file)',
    isDangerous: true,
    takesShare: false,
    on: 'all',
    lasts: LASTS,
    parameters: {
      cert_file: { type: 'text', required: true, help: 'As the server finds it' },
      key_file: { type: 'text', required: true, help: 'As the server finds it' },
      ca_file: { type: 'text', help: 'The authorities that the server trusts, if they change too' },
    },
    needs: 'CONFIG, a server with TLS, files on its machine',
    undo: CONFIG_UNDO,
    seen: 'who is connected stays; reconnections meet the other certificate',
  },
} as const satisfies Readonly<Record<string, FaultSpec>>
