import { addresses } from '../addresses.ts'
import { toggle } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

const REDIS_PORT = 6379

/** What a run may do to others. Never for a profile to say: whoever runs it answers for it. */
export const safetySettings: readonly Setting[] = settingsOf(
  'Safety',
  [
    {
      key: 'safety.allow_dangerous',
      flags: ['--allow-dangerous', '--allow-dangerous-commands'],
      env: ['TEST_ALLOW_DANGEROUS', 'TEST_ALLOW_DANGEROUS_COMMANDS'],
      kind: toggle(),
      default: false,
      help: 'Let a run reach beyond its own keys and connections: commands such as FLUSHALL or CONFIG SET, faults that stop a server',
    },
    {
      key: 'safety.fault_targets',
      flags: ['--fault-target', '--fault-targets'],
      env: ['TEST_FAULT_TARGETS'],
      kind: addresses(REDIS_PORT),
      default: [],
      repeatable: true,
      help: 'Server that dangerous faults may hit, besides those on this machine; several times or with commas in between',
    },
    {
      key: 'safety.allow_production',
      flags: ['--allow-production'],
      env: ['TEST_ALLOW_PRODUCTION'],
      kind: toggle(),
      default: false,
      help: 'Put load on a target whose name has "prod" in it',
    },
    {
      key: 'safety.yes',
      flags: ['--yes'],
      env: ['TEST_YES'],
      kind: toggle(),
      default: false,
      help: 'Run although the target looks as if others need it: many keys, little memory, few free connections, behind replicas',
    },
  ],
  { inProfile: false },
)
