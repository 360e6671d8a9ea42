type Schema = Readonly<Record<string, unknown>>
type Json = unknown

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

/** Keywords of draft 7, each by its own rule; one that is not here is a mistake of the test. */
const KEYWORDS: Readonly<Record<string, (value: Json, keyword: never, schema: Schema) => boolean>> = {
  type: (value, types: string | string[]) => [types].flat().some((type) => TYPES[type]!(value)),
  enum: (value, values: Json[]) => values.includes(value),
  const: (value, only: Json) => value === only,
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  minLength: (value, least: number) => typeof value !== 'string' || value.length >= least,
  pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  items: (value, items: Schema) => !Array.isArray(value) || value.every((item) => isValid(item, items)),
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
  required: (value, keys: string[]) => !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  properties: (value, properties: Record<string, Schema>) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([key, schema]) => !Object.hasOwn(value, key) || isValid(value[key], schema),
    ),
  additionalProperties: (value, allowed: boolean, { properties = {} }) =>
    allowed ||
    !isObject(value) ||
    Object.keys(value).every((key) => Object.hasOwn(properties as object, key)),
  minProperties: (value, least: number) => !isObject(value) || Object.keys(value).length >= least,
  maxProperties: (value, most: number) => !isObject(value) || Object.keys(value).length <= most,
  anyOf: (value, schemas: Schema[]) => schemas.some((schema) => isValid(value, schema)),
  oneOf: (value, schemas: Schema[]) => schemas.filter((schema) => isValid(value, schema)).length === 1,
}
const ANNOTATIONS = new Set(['examples', '$schema', 'title', 'description', 'default'])

/** Whether a JSON Schema (as much of draft 7 as ours uses) accepts a value. */
export function isValid(value: Json, schema: Schema): boolean {
  return Object.entries(schema).every(([name, keyword]) => {
    if (ANNOTATIONS.has(name)) return true
    const rule = KEYWORDS[name]
    if (rule === undefined) throw new Error(`no rule for the keyword ${name}`)
    return rule(value, keyword as never, schema)
  })
}
