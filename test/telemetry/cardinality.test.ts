import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOGUE, identityLabels } from '../../src/model/catalogue.ts'
import { ERROR_CODES, errorCodeAt } from '../../src/model/error-codes.ts'
import { ERROR_TYPES } from '../../src/model/outcome.ts'
import { classifyError } from '../../src/redis/classify-error.ts'

const CODES = new Set(ERROR_CODES.map(({ code }) => code))

/** What a server, a key or an address may put into an error. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'MOVED 1 10.0.0.1:6379', 'WRONGTYPE key:12345', ''),
  fc.tuple(fc.constantFrom('ERR', 'MOVED', 'X1', 'OOM', 'ASK'), fc.string()).map((parts) => parts.join(' ')),
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,30} .{0,30}$/),
)

describe('labels', () => {
  it('of errors come from a closed set, whatever an error says', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            name: fc.oneof(
              fc.constantFrom(
                'ReplyError',
                'AbortError',
                'MaxRetriesPerRequestError',
                'ClusterAllFailedError',
              ),
              hostile,
            ),
            message: hostile,
            code: hostile,
            syscall: hostile,
            lastNodeError: fc.record({ name: hostile, message: hostile }),
            errors: fc.array(fc.record({ code: hostile, message: hostile })),
            previousErrors: fc.array(fc.record({ name: hostile, message: hostile })),
          },
          { requiredKeys: [] },
        ),
        (error) => {
          const { code, errorType } = errorCodeAt(classifyError(error))
          expect(CODES).toContain(code)
          expect(ERROR_TYPES).toContain(errorType)
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('of what is no error at all are known, too', () => {
    for (const thrown of [null, undefined, 5, 'x', {}, [], Symbol('x'), () => {}])
      expect(CODES).toContain(errorCodeAt(classifyError(thrown)).code)
  })

  it('are few: the error codes are a list of fixed length', () => {
    expect(new Set(CODES).size).toBe(ERROR_CODES.length)
    expect(ERROR_CODES.length).toBeLessThan(150)
    expect(CATALOGUE.length).toBeLessThan(140)
    expect(typeof identityLabels).toBe('function')
  })
})
