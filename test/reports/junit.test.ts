import { describe, expect, it } from 'vitest'
import { renderJunit } from '../../src/reports/junit.ts'
import type { RunResult } from '../../src/model/result.ts'
import { hostileResult } from '../support/hostile-result.ts'
import { parseXml, type XmlElement } from '../support/xml.ts'

/** What the schemas that CI systems use for JUnit have in common: who may hold whom, with which attributes. */
const SHAPE: Readonly<
  Record<string, { readonly within: readonly string[]; readonly needs: readonly string[] }>
> = {
  testsuites: { within: ['testsuite'], needs: ['name', 'tests', 'failures', 'errors', 'time'] },
  testsuite: {
    within: ['properties', 'testcase'],
    needs: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'],
  },
  properties: { within: ['property'], needs: [] },
  property: { within: [], needs: ['name', 'value'] },
  testcase: { within: ['failure'], needs: ['name', 'classname', 'time'] },
  failure: { within: [], needs: ['message', 'type'] },
}

function expectShape(element: XmlElement): void {
  const shape = SHAPE[element.name]!
  expect(Object.keys(element.attributes).toSorted()).toEqual(shape.needs.toSorted())
  if (element.name !== 'failure') expect(element.text.trim()).toBe('')
  for (const child of element.children) {
    expect(shape.within).toContain(child.name)
    expectShape(child)
  }
  const cases = casesOf(element)
  if (!element.name.startsWith('testsuite')) return
  expect(Number(element.attributes['tests'])).toBe(cases.length)
  expect(Number(element.attributes['failures'])).toBe(
    cases.filter(({ children }) => children.length > 0).length,
  )
  expect(element.attributes['time']).toMatch(/^\d+\.\d{3}$/)
}

function casesOf(element: XmlElement): XmlElement[] {
  return element.name === 'testcase' ? [element] : element.children.flatMap(casesOf)
}

const failuresOf = (result: RunResult): (readonly [string, string])[] =>
  casesOf(parseXml(renderJunit(result))).flatMap(({ attributes, children: [failure] }) =>
    failure === undefined ? [] : [[attributes['name']!, failure.attributes['message']!] as const],
  )

describe('JUnit XML', () => {
  const plain = hostileResult('p99(GET) < 2ms')

  it('has the usual shape, and a test for each sentence, each equation and the end of the run', () => {
    const document = parseXml(renderJunit(plain))
    expectShape(document)
    expect(document.children.map(({ attributes }) => attributes['name'])).toEqual([
      ...['run', 'thresholds', 'expectations', 'audit'],
    ])
    expect(casesOf(document)).toHaveLength(1 + 3 + 1 + 2)
    expect(document.children[0]!.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  })

  it('says of each that failed what was found', () => {
    expect(failuresOf(plain)).toEqual([
      ['came to its end', 'p99(GET) < 2ms'],
      ['p99(GET) < 2ms', 'p99(GET) < 2ms: actually 12.5ms, which ended the run'],
      ['p99(GET) < 2ms', 'p99(GET) < 2ms: p99(GET) < 2ms, which ended the run'],
      ['p99(GET) < 2ms', 'p99(GET) < 2ms: actually 12.5ms, which ended the run'],
      ['p99(GET) < 2ms', 'the numbers contradict each other'],
      ['server counted p99(GET) < 2ms', 'the server counted otherwise'],
    ])
  })

  it('is all green when all is well', () => {
    const well: RunResult = {
      ...plain,
      error: null,
      end_reason: 'duration',
      thresholds: plain.thresholds.map((one) => ({ ...one, ok: true })),
      expectations: [],
      audit: { ...plain.audit, ok: true, checks: [], server: { ...plain.audit.server, commands: [] } },
    }
    expect(failuresOf(well)).toEqual([])
    expect(parseXml(renderJunit(well)).children.map(({ attributes }) => attributes['name'])).toEqual([
      ...['run', 'thresholds'],
    ])
    expect(failuresOf({ ...well, partial: true })).toEqual([
      ['came to its end', 'the run was killed before its end'],
    ])
  })

  it('keeps hostile names whole, as far as XML can hold them', () => {
    const document = parseXml(renderJunit(hostileResult()))
    expectShape(document)
    const { name } = casesOf(document)[1]!.attributes
    expect(name).toContain('<script>alert("x")</script> & \'q\'')
    expect(name).toContain('\r\n::error::x\ufffd[2J\ufffd\ufffd ]]>')
  })
})
