import { PUBSUB_MODES, VALUE_KINDS } from '../../model/plan.ts'
import { choice, duration, integer, names, ratio, text, toggle, valueSizes } from '../value-kinds.ts'
import { keySettings } from './keys.ts'
import { type Setting, settingsOf } from './setting.ts'

const workload = settingsOf(
  'Workload',
  [
    {
      key: 'values.size',
      flags: ['--value-size'],
      env: ['TEST_VALUE_SIZE'],
      kind: valueSizes(),
      default: '100',
      help: 'Bytes in a value: a size, a range (64..1024), or both with weights (64:90, 1024..4096:10)',
    },
    {
      key: 'values.kind',
      flags: ['--value-kind'],
      env: ['TEST_VALUE_KIND'],
      kind: choice(VALUE_KINDS),
      default: 'random',
      help: 'What values are made of: random letters, text that compresses, or JSON documents',
    },
    {
      key: 'values.compressibility',
      flags: ['--value-compressibility'],
      env: ['TEST_VALUE_COMPRESSIBILITY'],
      kind: ratio(),
      default: 0.5,
      help: 'compressible: share of a value that a compressor takes away',
    },
    {
      key: 'values.verify',
      flags: ['--verify'],
      env: ['TEST_VERIFY'],
      kind: toggle(),
      default: false,
      help: 'Write values that name their key and sequence, and count wrong, stale and missing reads',
    },
    {
      key: 'pipeline.size',
      flags: ['--pipeline-size'],
      env: ['TEST_PIPELINE_SIZE'],
      kind: integer({ min: 0, max: 10_000 }),
      default: 0,
      help: 'Commands in a pipeline; 0 for none',
      becomes: 'another part',
    },
    {
      key: 'transaction.size',
      flags: ['--transaction-size'],
      env: ['TEST_TRANSACTION_SIZE'],
      kind: integer({ min: 0, max: 10_000 }),
      default: 0,
      help: 'Commands in a MULTI/EXEC transaction; 0 for none',
      becomes: 'another part',
    },
  ],
  { inProfile: true },
)

const messaging = settingsOf(
  'Workload',
  [
    {
      key: 'pubsub.channels',
      flags: ['--pubsub-channels'],
      env: ['TEST_PUBSUB_CHANNELS'],
      kind: names('channel'),
      default: ['channel1'],
      help: 'Channels of {channel}: how many, or their names with commas in between',
    },
    {
      key: 'pubsub.subscribers',
      flags: ['--subscribers'],
      env: ['TEST_SUBSCRIBERS'],
      kind: integer({ min: 0, max: 100_000 }),
      default: 0,
      help: 'Connections that subscribe to every channel',
    },
    {
      key: 'pubsub.mode',
      flags: ['--pubsub-mode'],
      env: ['TEST_PUBSUB_MODE'],
      kind: choice(PUBSUB_MODES),
      default: 'channel',
      help: 'SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE; publish with SPUBLISH for sharded',
    },
    {
      key: 'streams.count',
      flags: ['--streams'],
      env: ['TEST_STREAMS'],
      kind: integer({ min: 1, max: 100_000 }),
      default: 1,
      help: 'Streams of {stream}',
    },
    {
      key: 'streams.group',
      flags: ['--stream-group'],
      env: ['TEST_STREAM_GROUP'],
      kind: text({ matching: /^[\w.:-]{1,64}$/, expected: '1 to 64 characters from A-Z a-z 0-9 _ . : -' }),
      default: 'workers',
      help: 'Consumer group',
    },
    {
      key: 'streams.consumers',
      flags: ['--stream-consumers'],
      env: ['TEST_STREAM_CONSUMERS'],
      kind: integer({ min: 0, max: 100_000 }),
      default: 0,
      help: 'Connections that read the streams as a consumer group and acknowledge',
    },
    {
      key: 'streams.batch',
      flags: ['--stream-batch'],
      env: ['TEST_STREAM_BATCH'],
      kind: integer({ min: 1, max: 100_000 }),
      default: 10,
      help: 'Entries that one XREADGROUP asks for',
    },
    {
      key: 'streams.block',
      plan: 'streams.block_ms',
      flags: ['--stream-block'],
      env: ['TEST_STREAM_BLOCK'],
      kind: duration({ min: 1, max: 60_000 }),
      default: 1000,
      help: 'How long an XREADGROUP waits for entries',
    },
  ],
  { inProfile: true },
)

export const workloadSettings: readonly Setting[] = [...keySettings, ...workload, ...messaging]
