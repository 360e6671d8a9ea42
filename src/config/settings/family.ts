import { operationList, operationWeights } from '../operation-kinds.ts'
import { integer, ratio, toggle } from '../value-kinds.ts'
import { LARGEST_VALUE_BYTES } from '../../model/value-sizes.ts'
import { type Setting, settingsOf } from './setting.ts'

/*
 * What the test applications for other Redis clients call by another name, or think of in another way. Each of these
 * comes down to settings of ours (see `apply-family.ts`), so that the plan says only one thing in only one way.
 */

export const familyLoadSettings: readonly Setting[] = settingsOf(
  'Load',
  [
    {
      key: 'load.threads_per_client',
      flags: ['--threads-per-client'],
      env: ['TEST_THREADS_PER_CLIENT'],
      kind: integer({ min: 1, max: 100_000 }),
      default: null,
      help: 'Workers that share a client, each with one command in flight on a connection of its own',
      becomes: 'other settings',
    },
    {
      key: 'load.connections_per_client',
      flags: ['--connections-per-client'],
      env: ['TEST_CONNECTIONS_PER_CLIENT'],
      kind: integer({ min: 1, max: 100_000 }),
      default: null,
      help: 'Connections of each client, where it is not one for each of its workers',
      becomes: 'other settings',
    },
    {
      key: 'load.max_connections',
      flags: ['--max-connections'],
      env: ['REDIS_MAX_CONNECTIONS'],
      kind: integer({ min: 1, max: 100_000 }),
      default: null,
      help: 'Most connections of each client; workers beyond that share them',
      becomes: 'other settings',
    },
    {
      key: 'load.async_mode',
      flags: ['--async-mode'],
      env: ['TEST_ASYNC_MODE'],
      kind: toggle(),
      default: null,
      help: 'Closed loop: ten commands in flight for each worker (or connection) instead of one',
      becomes: 'other settings',
    },
  ],
  { inProfile: false },
)

const bytes = integer({ min: 0, max: LARGEST_VALUE_BYTES })

export const familyWorkloadSettings: readonly Setting[] = settingsOf(
  'Workload',
  [
    {
      key: 'workload.operations',
      flags: ['--operations'],
      env: ['TEST_OPERATIONS'],
      kind: operationList(),
      default: null,
      help: 'Operations instead of those of the profile, with commas in between, all equally often',
      becomes: 'another part',
    },
    {
      key: 'workload.operation_weights',
      flags: ['--operation-weights'],
      env: ['TEST_OPERATION_WEIGHTS'],
      kind: operationWeights(),
      default: null,
      help: 'Operations and how often each is chosen, as JSON: {"SET": 0.4, "GET": 0.6}',
      becomes: 'another part',
    },
    {
      key: 'workload.read_write_ratio',
      flags: ['--read-write-ratio'],
      env: ['TEST_READ_WRITE_RATIO'],
      kind: ratio(),
      default: null,
      help: 'Share of reads; the weights among the reads, and among the writes, stay as they are',
      becomes: 'another part',
    },
    {
      key: 'values.size_min',
      flags: ['--value-size-min'],
      env: ['TEST_VALUE_SIZE_MIN'],
      kind: bytes,
      default: null,
      help: 'With --value-size-max: --value-size <min>..<max>; default 100 bytes',
      becomes: 'other settings',
    },
    {
      key: 'values.size_max',
      flags: ['--value-size-max'],
      env: ['TEST_VALUE_SIZE_MAX'],
      kind: bytes,
      default: null,
      help: 'With --value-size-min: --value-size <min>..<max>; default 1000 bytes',
      becomes: 'other settings',
    },
    {
      key: 'pipeline.enabled',
      flags: ['--use-pipeline'],
      env: ['TEST_USE_PIPELINE'],
      kind: toggle(),
      default: null,
      help: 'Pipelines of ten where no size is given; false: none, whatever the profile says',
      becomes: 'other settings',
    },
  ],
  { inProfile: false },
)
