import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { type Document, isMap, parseDocument } from 'yaml'
import { WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import { inputForms } from '../../src/config/input-form.ts'
import { SETTINGS } from '../../src/config/settings.ts'

/** A profile that somebody broke: how, what, and the bytes of the file. */
export interface BrokenProfile {
  readonly family: string
  readonly what: string
  readonly bytes: Buffer
  /** For messages of fast-check. */
  readonly [fc.toStringMethod]: () => string
}

type Path = readonly (string | number)[]
interface Breakage {
  readonly what: string
  /** Changes the profile, or gives the bytes that take its place. */
  apply(document: Document.Parsed, text: string): Buffer | void
}

const settings = SETTINGS.filter(({ inProfile }) => inProfile).map(({ key, kind }) => ({
  path: key.split('.'),
  form: (inputForms.get(kind.schema)?.form ?? {}) as {
    readonly type?: string | readonly string[]
    readonly minimum?: number
    readonly maximum?: number
    readonly pattern?: string
    readonly enum?: readonly unknown[]
  },
}))
const bounded = settings.filter(({ form }) => form.minimum !== undefined && !form.type?.includes('array'))
const timed = settings.filter(({ form }) => form.pattern?.includes('ms|s|m|h|d'))
const chosen = settings.filter(({ form }) => form.enum !== undefined)
const known = new Set(settings.flatMap(({ path }) => path))
for (const key of 'name description operations faults thresholds stages extends $schema'.split(' '))
  known.add(key)

const put = (path: Path, value: unknown): Breakage => ({
  what: `${path.join('.')} = ${typeof value === 'number' ? value : JSON.stringify(value)?.slice(0, 60)}`,
  apply(document) {
    // A section of one line would be in the way.
    for (let length = 1; length < path.length; length++)
      if (document.getIn(path.slice(0, length)) === undefined)
        document.setIn(path.slice(0, length), document.createNode({}))
    document.setIn(path, document.createNode(value))
  },
})
const remove = (path: Path): Breakage => ({
  what: `no ${path.join('.')}`,
  apply(document) {
    document.deleteIn(path)
    document.delete('extends')
  },
})
const append = (more: string): Breakage => ({
  what: `… ${JSON.stringify(more.slice(0, 60))}`,
  apply: (_, text) => Buffer.from(`${text}\n${more}`),
})
const replace = (bytes: string | Buffer): Breakage => ({
  what: JSON.stringify(bytes.toString('latin1').slice(0, 60)),
  apply: () => Buffer.from(bytes),
})
const insert = (bytes: Buffer, share: number): Breakage => ({
  what: `${bytes.toString('hex')} at ${share}`,
  apply(_, text) {
    const whole = Buffer.from(text)
    const at = Math.floor(share * whole.length)
    return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)])
  },
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const from = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)
const putFrom = (path: Path, ...values: readonly unknown[]): fc.Arbitrary<Breakage> =>
  from(...values).map((value) => put(path, value))

const OPERATION: Path = ['operations', 0]
const unknownKey = fc
  .oneof(
    from(
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'Name',
      'load.clients',
      ' ',
      '',
      'ключ',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  )
  .filter((key) => !known.has(key))

/** Ways to break any profile, each of which leaves nothing that could be run. */
const FAMILIES: Readonly<Record<string, fc.Arbitrary<Breakage>>> = {
  'wrong type': fc
    .tuple(from(...settings), from<unknown>({ x: 1 }, [[1]], [{}], null))
    .map(([{ path }, value]) => put(path, value)),
  'wrong type of a section': fc
    .tuple(
      from(
        'load',
        'keys',
        'values',
        'client',
        'pubsub',
        'streams',
        'pipeline',
        'operations',
        'faults',
        'load.stages',
        'thresholds',
      ),
      from<unknown>(5, 'x', true, null),
    )
    .map(([section, value]) => put(section.split('.'), value)),
  'out of range': fc
    .tuple(from(...bounded), fc.integer({ min: 1, max: 1e9 }), fc.boolean())
    .map(([{ path, form }, distance, isBelow]) =>
      put(path, isBelow || form.maximum === undefined ? form.minimum! - distance : form.maximum + distance),
    ),
  'not a number': fc
    .tuple(
      from(...bounded),
      from<unknown>(Number.NaN, Infinity, -Infinity, 'NaN', '0x', '1e999', 'many', '١٢', true),
    )
    .map(([{ path }, value]) => put(path, value)),
  'no duration': fc
    .tuple(
      from(...timed),
      from(
        'soon',
        '-5s',
        '5x',
        '1h30',
        'PT',
        'P',
        '5 minutes',
        '1e3s',
        's',
        '5s..',
        '..5s',
        '9s..5s',
        '1s..2s..3s',
        '5d5',
        'PT1M junk',
        '1,5s',
      ),
    )
    .map(([{ path }, value]) => put(path, value)),
  'no such choice': fc
    .tuple(from(...chosen), from<unknown>('sometimes', '', 'uniform zipfian', 1e9, -1))
    .map(([{ path }, value]) => put(path, value)),
  'unknown key': fc
    .tuple(unknownKey, from<Path>([], ['load'], ['keys'], OPERATION))
    .map(([key, where]) => put([...where, key], 1)),
  'key that is no name': from('? [a, b]\n: 1', '? {a: 1}\n: 2', '~: 1', '? \n: 3').map(append),
  name: putFrom(
    ['name'],
    '',
    ' ',
    'two words',
    '../x',
    'x'.repeat(65),
    5,
    true,
    null,
    ['a'],
    '\u0007',
    'na\nme',
    '-x',
  ),
  description: putFrom(
    ['description'],
    5,
    ['a'],
    { a: 1 },
    'x'.repeat(501),
    '\u001b[2J',
    'two\nlines',
    'a\u009bb',
  ),
  missing: from(remove(['name']), remove(['operations']), remove([...OPERATION, 'command'])),
  operations: putFrom(
    ['operations'],
    [],
    {},
    'GET',
    7,
    ['GET'],
    [[]],
    [null],
    [{}],
    [{ weight: 1 }],
    [{ command: 'GET', weight: 0 }],
  ),
  command: putFrom(
    [...OPERATION, 'command'],
    '',
    ' ',
    5,
    null,
    ['GET'],
    'NOSUCH',
    'GET;FLUSHALL',
    '__proto__',
    'constructor',
  ),
  template: putFrom(
    [...OPERATION, 'command'],
    'SET {nope} 1',
    'SET {key',
    'GET {same}',
    'ZADD {key} {int 9..0} {member}',
    'SET {key} }',
    'SET {key} "x',
    "SET {key} 'x",
    'MSET ({key} 1',
    'MSET ({key} 1)*x',
    'ZADD {key} {int a..b} m',
    'OBJECT',
    'SUBSCRIBE c',
    'FLUSHALL',
    'CONFIG SET a b',
    'SET {} 1',
    'SET { 1',
  ),
  weight: putFrom([...OPERATION, 'weight'], -1, -0.001, 'heavy', Number.NaN, Infinity, 1e10, [], true),
  'no weight': from(
    put(
      ['operations'],
      [
        { command: 'GET', weight: 0 },
        { command: 'SET', weight: 0 },
      ],
    ),
  ),
  batch: from(
    put([...OPERATION, 'pipeline'], 0),
    put([...OPERATION, 'transaction'], 10_001),
    put([...OPERATION, 'pipeline'], 1.5),
    put([...OPERATION, 'pipeline'], 'ten'),
    put(['operations'], [{ command: 'GET', pipeline: 2, transaction: 2 }]),
    put(['operations'], [{ name: 'A', commands: ['GET', 'SET'] }]),
  ),
  'connections of its own': from(
    put([...OPERATION, 'connections'], 0),
    put([...OPERATION, 'connections'], 100_001),
    put(['operations'], [{ command: 'GET', connections: 1 }]),
    put(['operations'], [{ command: 'GET' }, { command: 'SET', connections: 1, weight: 1 }]),
    put(['operations'], [{ command: 'GET' }, { command: 'BLPOP {key} 1' }]),
    put(['operations'], [{ command: 'GET' }, { command: 'SET', watch: ['{key}'], transaction: true }]),
  ),
  'same name': from(
    put(['operations'], [{ command: 'GET' }, { command: 'get' }]),
    put(['operations'], [{ command: 'GET' }, { command: 'SET', name: 'Get' }]),
  ),
  script: from('./nope.lua', '.', '/dev/zero', '', '\u0000', 'x'.repeat(5000), '../../../../nope/nope')
    .chain((file) =>
      from({ script: file }, { function: file, call: 'f___RUN__' }, { command: 'GET', script: file }),
    )
    .map((operation) => put(['operations'], [operation])),
  extends: putFrom(
    ['extends'],
    './nope.yaml',
    './broken.yaml',
    'no_such_profile',
    '',
    5,
    null,
    ['basic_rw'],
    '/',
    '/dev/zero',
    '../..',
    'a\u0000.yaml',
    '__proto__',
  ),
  faults: putFrom(
    ['faults'],
    {},
    [5],
    [{}],
    [{ kind: 'explode' }],
    [{ kind: 'socket-cut', share: 2 }],
    [{ kind: 'socket-cut', at: 'never' }],
    [{ kind: 'client-kill', evry: 1 }],
  ),
  "not a profile's business": putFrom(['target'], { host: 'evil' }, { port: 1 }).map((breakage) => breakage),
  'no YAML': from(
    'zz: "abc',
    'zz: [1, 2',
    'zz: {a: 1',
    "zz: 'x",
    '\tzz: 1',
    'zz: 1\n zy: 2',
    'zz: %',
    'zz: @a',
    '}',
    'zz: !!js/function "x"',
    '%',
    '---\nname: other',
  ).map(append),
  'twice the same key': from('name: again', '"name": again').map(append),
  alias: from('zz: *name', 'zz: &a [1]\nzy: *a', 'zz: &z [*z]', '<<: *x').map(append),
  size: from(
    '#'.repeat(300_000),
    `zz: ${'['.repeat(50_000)}`,
    `zz: ${'['.repeat(20)}${']'.repeat(20)}`,
    `zz: ${'{a: '.repeat(5000)}`,
    '- '.repeat(20_000),
  ).map(append),
  bomb: from(
    `zz: &a [${'x, '.repeat(9)}]\nzy: &b [${'*a, '.repeat(9)}]\nzx: [${'*b, '.repeat(9)}]`,
    `zz: &a {<<: *a}`,
    `zz: ${'[['.repeat(200)}${']]'.repeat(200)}`,
    `zz: ${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    `zz: !!binary ${'A'.repeat(1000)}`,
    'zz: !!set {a, b}',
    'zz: !!python/object/apply:os.system ["id"]',
    '%TAG ! tag:evil,2000:\n---\nzz: !x 1',
    'zz: !!timestamp 2001-01-01',
  ).map(append),
  'prototype key': fc
    .tuple(
      from('__proto__', 'constructor', 'prototype'),
      from<Path>([], ['load'], ['client', 'retry'], OPERATION),
      from<unknown>({ polluted: true }, [], 'x', { prototype: { polluted: true } }),
    )
    .map(([key, where, value]) => put([...where, key], value)),
  'giant number': fc
    .tuple(
      from(...bounded),
      from<unknown>(1e308, -1e308, '9'.repeat(5000), '0x' + 'f'.repeat(300), '1e99999'),
    )
    .map(([{ path }, value]) => put(path, value)),
  'text for a slow pattern': fc
    .tuple(
      from<Path>(
        ['name'],
        [...OPERATION, 'command'],
        ['values', 'size'],
        ['keys', 'prefix'],
        ['load', 'duration'],
      ),
      from(
        '1..'.repeat(5000),
        '{int '.repeat(5000),
        '('.repeat(20_000),
        '"\\'.repeat(9000),
        ' \t'.repeat(9000) + 'x!',
      ),
    )
    .map(([path, value]) => put(path, value)),
  'way out of its folder': from(
    '../../../etc/passwd',
    '/etc/passwd',
    '/proc/self/environ',
    'a/../../x.lua',
    '/dev/stdin',
  ).chain((file) =>
    from(
      put(['operations'], [{ script: file }]),
      put(['operations'], [{ function: file, call: 'f___RUN__' }]),
      put(['extends'], file.endsWith('.lua') ? `${file}.yaml` : file),
    ),
  ),
  'control character': fc
    .tuple(from(0, 1, 7, 8, 11, 12, 27, 31, 127), share)
    .map(([code, where]) => insert(Buffer.from([code]), where)),
  'no UTF-8': fc
    .tuple(from('ff', 'fe', 'c0af', 'eda080', 'f8', 'f4908080'), share)
    .map(([hex, where]) => insert(Buffer.from(hex, 'hex'), where)),
  'another encoding': from<BufferEncoding>('utf16le').map((encoding) => ({
    what: encoding,
    apply: (_: unknown, text: string) => Buffer.from(`\ufeff${text}`, encoding),
  })),
  'something else': fc
    .oneof(
      from('', '\n', '# nothing', '---', 'null', '[]', '5', '\ufeff'),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    )
    .map((bytes) => replace(typeof bytes === 'string' ? bytes : Buffer.from(bytes))),
}

const texts = listProfiles(WORKLOADS_FOLDER).map((name) => ({
  name,
  text: readFileSync(join(WORKLOADS_FOLDER, `${name}.yaml`), 'utf8'),
}))

/** Every profile that comes with the tool, broken in every way. */
export const brokenProfile: fc.Arbitrary<BrokenProfile> = fc
  .tuple(from(...Object.keys(FAMILIES)), from(...texts))
  .chain(([family, { name, text }]) =>
    FAMILIES[family]!.map((breakage) => {
      const document = parseDocument(text)
      const bytes = breakage.apply(document, text)
      if (!isMap(document.contents)) throw new Error(`${name} is no mapping`)
      const what = `${name}: ${breakage.what}`
      return {
        family,
        what,
        bytes: bytes ?? Buffer.from(document.toString()),
        [fc.toStringMethod]: () => `${family}: ${what}`,
      }
    }),
  )

export const BROKEN_FAMILIES: readonly string[] = Object.keys(FAMILIES)
