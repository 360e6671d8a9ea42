import { fileURLToPath } from 'node:url'
import {
  API,
  type Checker,
  ElementFlags,
  SymbolFlags,
  type Symbol as TypeSymbol,
  type TupleType,
  type Type,
  TypeFlags,
  type TypeReference,
} from 'typescript/unstable/sync'

export type Schema = Readonly<Record<string, unknown>>

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A type of the sources that is published as a JSON Schema. */
interface Published {
  readonly file: string
  readonly type: string
  readonly title: string
  readonly description: string
}

/**
 * JSON Schemas (2020-12) of types, made from the types themselves by the compiler: what the code writes cannot be anything
 * else. Comments become descriptions. More properties than are named are allowed, as later versions have them.
 */
export function schemasOf(published: readonly Published[]): Schema[] {
  const api = new API({ cwd: ROOT })
  try {
    const project = api.updateSnapshot({ openProject: 'tsconfig.build.json' }).getProjects()[0]!
    return published.map(({ file, type, title, description }) => {
      const source = project.program.getSourceFile(`${ROOT}${file}`)
      const module = source === undefined ? undefined : project.checker.getSymbolAtLocation(source)
      const symbol = module?.getExports().get(type as never)
      if (symbol === undefined) throw new Error(`no type ${type} in ${file}`)
      const writer = new SchemaWriter(project.checker)
      const { $ref, ...root } = writer.write(project.checker.getDeclaredTypeOfSymbol(symbol))
      const definitions = writer.definitions
      const own = typeof $ref === 'string' ? definitions.get($ref.replace('#/$defs/', '')) : undefined
      if (typeof $ref === 'string') definitions.delete($ref.replace('#/$defs/', ''))
      return {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title,
        ...root,
        ...own,
        description,
        $defs: Object.fromEntries([...definitions].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      }
    })
  } finally {
    api.close()
  }
}

class SchemaWriter {
  readonly #checker: Checker
  readonly definitions = new Map<string, Schema>()
  readonly #names = new Map<number, string>()

  constructor(checker: Checker) {
    this.#checker = checker
  }

  write(type: Type): Schema {
    if (type.isUnionType()) return this.#union(type.getTypes())
    if (type.isLiteralType()) return { const: type.value }
    for (const [flag, name] of PRIMITIVES) if ((type.flags & flag) !== 0) return { type: name }
    if ((type.flags & (TypeFlags.Unknown | TypeFlags.Any)) !== 0) return {}
    if (type.isTemplateLiteralType()) return { type: 'string' }
    if (type.isTypeReference() && type.isObjectType() && type.getTarget().isTupleType())
      return this.#tuple(type)
    if (this.#checker.isArrayLikeType(type))
      return { type: 'array', items: this.write(this.#checker.getTypeArguments(type as never)[0]!) }
    return this.#named(type)
  }

  #tuple(type: Type): Schema {
    const prefixItems = this.#checker.getTypeArguments(type as never).map((part) => this.write(part))
    const { elementFlags } = (type as TypeReference).getTarget() as TupleType
    const needed = elementFlags.filter((flags) => (flags & ElementFlags.Required) !== 0)
    return { type: 'array', prefixItems, minItems: needed.length, maxItems: prefixItems.length }
  }

  #union(types: readonly Type[]): Schema {
    const present = types.filter(({ flags }) => (flags & TypeFlags.Undefined) === 0)
    const schemas = merged(present.map((type) => this.write(type)))
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
  }

  /** Types with a name are written once; recursion ends there, too. */
  #named(type: Type): Schema {
    const name = this.#nameOf(type)
    if (name === undefined) return this.#object(type)
    if (!this.definitions.has(name)) {
      this.definitions.set(name, {})
      const symbol = type.getAliasSymbol() ?? type.getSymbol()
      this.definitions.set(name, { ...this.#described(symbol), ...this.#object(type) })
    }
    return { $ref: `#/$defs/${name}` }
  }

  #nameOf(type: Type): string | undefined {
    const known = this.#names.get(type.id)
    if (known !== undefined) return known
    const isGeneric = type.getAliasTypeArguments().length > 0
    const name = (isGeneric ? undefined : type.getAliasSymbol()?.name) ?? type.getSymbol()?.name
    if (name === undefined || name.startsWith('__')) return undefined
    const unique = [...this.#names.values()].includes(name) ? `${name}${type.id}` : name
    this.#names.set(type.id, unique)
    return unique
  }

  #object(type: Type): Schema {
    const members = this.#checker.getPropertiesOfType(type)
    const [index] = this.#checker.getIndexInfosOfType(type)
    const properties = members.map((member) => [member.name, this.#property(member)] as const)
    const required = members.filter(({ flags }) => (flags & SymbolFlags.Optional) === 0)
    return {
      type: 'object',
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
      ...(index === undefined ? {} : { additionalProperties: this.write(index.valueType) }),
    }
  }

  #property(member: TypeSymbol): Schema {
    const type = this.#checker.getTypeOfSymbol(member)
    if (type === undefined) throw new Error(`no type of ${member.name}`)
    return { ...this.#described(member), ...this.write(type) }
  }

  #described(symbol: TypeSymbol | undefined): Schema {
    const comment = symbol === undefined ? '' : this.#checker.getDocumentationCommentOfSymbol(symbol)
    const text = comment
      .replaceAll(/\{@link (\w+)\}/g, '$1')
      .replaceAll(/\s+/g, ' ')
      .trim()
    return text === '' ? {} : { description: text }
  }
}

const PRIMITIVES = [
  [TypeFlags.String, 'string'],
  [TypeFlags.Number, 'number'],
  [TypeFlags.Boolean, 'boolean'],
  [TypeFlags.Null, 'null'],
] as const

/** `true | false` as a boolean, constants as one enum, and plain types as one list of types. */
function merged(schemas: readonly Schema[]): Schema[] {
  const constants = schemas.flatMap((schema) => ('const' in schema ? [schema['const']] : []))
  const isBoolean = constants.includes(true) && constants.includes(false)
  const words = isBoolean ? constants.filter((value) => typeof value !== 'boolean') : constants
  const isPlain = (schema: Schema): boolean =>
    Object.keys(schema).length === 1 && typeof schema['type'] === 'string'
  const types = [
    ...(isBoolean ? ['boolean'] : []),
    ...schemas.filter(isPlain).map((schema) => schema['type']),
  ]
  const others = schemas.filter((schema) => !('const' in schema) && !isPlain(schema))
  const isNullable = types.length === 1 && types[0] === 'null' && words.length > 0 && others.length === 0
  if (isNullable) return [{ enum: [...words, null] }]
  return [
    ...others,
    ...(words.length === 0 ? [] : [words.length === 1 ? { const: words[0] } : { enum: words }]),
    ...(types.length === 0 ? [] : [{ type: types.length === 1 ? types[0] : types }]),
  ]
}

/** The schemas that are published, by file. `npm run docs` writes them. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  const [result, journal, capacity, comparison] = schemasOf([
    {
      file: 'src/model/result.ts',
      type: 'RunResult',
      title: 'Result of redis-test, version 1',
      description: 'What `redis-test run --output-file` writes. Later versions of the tool may add fields.',
    },
    {
      file: 'src/app/journal-entry.ts',
      type: 'JournalEntry',
      title: 'Line of a journal of redis-test, version 1',
      description:
        'Each line that `redis-test run --journal` writes. Later versions may add fields and kinds of lines.',
    },
    {
      file: 'src/model/capacity-result.ts',
      type: 'CapacityResult',
      title: 'Result of a search for a capacity of redis-test, version 1',
      description:
        'What `redis-test capacity --output-file` writes. Later versions of the tool may add fields.',
    },
    {
      file: 'src/model/comparison.ts',
      type: 'Comparison',
      title: 'Comparison of results of redis-test, version 1',
      description: 'What `redis-test compare --json` writes. Later versions of the tool may add fields.',
    },
  ])
  const text = (schema: Schema | undefined): string => `${JSON.stringify(schema, undefined, 2)}\n`
  return {
    'schemas/result.schema.json': text(result),
    'schemas/journal.schema.json': text(journal),
    'schemas/capacity.schema.json': text(capacity),
    'schemas/comparison.schema.json': text(comparison),
  }
}

/** Every field of a schema as `path: types`, with `?` for one that may be absent: what may not change within a version. */
export function fieldsOf(schema: Schema): string[] {
  const definitions = schema['$defs'] as Readonly<Record<string, Schema>>
  const lines = new Set<string>()
  walk(schema, '', [])
  return [...lines].toSorted()

  function walk(given: Schema, path: string, within: readonly unknown[]): void {
    const part = resolved(given)
    if (within.includes(part)) return
    const inner = [...within, part]
    for (const one of (part['anyOf'] as Schema[] | undefined) ?? []) walk(one, path + kindOf(one), inner)
    const required = (part['required'] as string[] | undefined) ?? []
    for (const [name, property] of Object.entries((part['properties'] ?? {}) as Record<string, Schema>)) {
      const at = path === '' ? name : `${path}.${name}`
      lines.add(`${at}${required.includes(name) ? '' : '?'}: ${typesOf(property).join('|')}`)
      walk(property, at, inner)
    }
    if (typeof part['additionalProperties'] === 'object')
      walkEntry(part['additionalProperties'] as Schema, `${path}.*`, inner)
    if (part['items'] !== undefined) walkEntry(part['items'] as Schema, `${path}[]`, inner)
    for (const [index, item] of ((part['prefixItems'] ?? []) as Schema[]).entries())
      walkEntry(item, `${path}[${index}]`, inner)
  }

  function walkEntry(entry: Schema, path: string, within: readonly unknown[]): void {
    lines.add(`${path}: ${typesOf(entry).join('|')}`)
    walk(entry, path, within)
  }

  function resolved(given: Schema): Schema {
    const { $ref } = given
    return typeof $ref === 'string' ? definitions[$ref.replace('#/$defs/', '')]! : given
  }

  /** Lines of a journal are told apart by their type. */
  function kindOf(one: Schema): string {
    const { type } = (resolved(one)['properties'] ?? {}) as Readonly<Record<string, Schema>>
    return typeof type?.['const'] === 'string' ? `<${type['const']}>` : ''
  }

  function typesOf(given: Schema): string[] {
    const part = resolved(given)
    const constants = 'const' in part ? [part['const']] : ((part['enum'] as unknown[] | undefined) ?? [])
    const types = [part['type'] ?? []].flat() as string[]
    const others = ((part['anyOf'] as Schema[] | undefined) ?? []).flatMap(typesOf)
    return [
      ...new Set([
        ...types,
        ...others,
        ...constants.map((value) => (value === null ? 'null' : typeof value)),
      ]),
    ].toSorted()
  }
}
