import type { RunResult, ThresholdResult } from '../model/result.ts'
import { verdictOf } from './verdict.ts'

/** One thing that was looked at. */
interface TestCase {
  readonly name: string
  /** Why it is not as it should be; `undefined` when it is. */
  readonly failure?: { readonly message: string; readonly text: string } | undefined
}

interface TestSuite {
  readonly name: string
  readonly cases: readonly TestCase[]
}

/**
 * A result as JUnit XML, for CI systems: thresholds, expectations and the equations of the audit are tests, and so is
 * that the run came to its end.
 */
export function renderJunit(result: RunResult): string {
  const suites = suitesOf(result).filter(({ cases }) => cases.length > 0)
  const cases = suites.flatMap((suite) => suite.cases)
  const head = { name: `redis-test ${result.workload_name}`, ...countsOf(cases), time: timeOf(result) }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes(head)}>`,
    ...suites.flatMap((suite) => suiteLines(suite, result)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suitesOf(result: RunResult): TestSuite[] {
  const { audit } = result
  return [
    { name: 'run', cases: [endOf(result)] },
    { name: 'thresholds', cases: result.thresholds.map(sentenceCase) },
    { name: 'expectations', cases: result.expectations.map(sentenceCase) },
    {
      name: 'audit',
      cases: [
        ...audit.checks.map(({ name, ok, detail }) => ({
          name,
          failure: ok ? undefined : { message: 'the numbers contradict each other', text: detail },
        })),
        ...audit.server.commands.map(({ command, ok, server, at_least, at_most }) => ({
          name: `server counted ${command}`,
          failure: ok
            ? undefined
            : {
                message: 'the server counted otherwise',
                text: `server ${server}, expected ${at_least} to ${at_most ?? 'any number'}`,
              },
        })),
      ],
    },
  ]
}

function endOf(result: RunResult): TestCase {
  const { word, reasons } = verdictOf({ ...result, thresholds: [], expectations: [] })
  const text = [...reasons, ...(result.error === null ? [] : [result.error])].join('\n')
  const isBad = result.error !== null || result.partial || (word === 'FAIL' && result.audit.ok)
  return {
    name: 'came to its end',
    failure: isBad ? { message: result.error ?? reasons[0] ?? result.end_reason, text } : undefined,
  }
}

function sentenceCase({ expression, actual, unit, ok, note, aborted }: ThresholdResult): TestCase {
  const found = actual === null ? (note ?? 'no data') : `actually ${actual}${unit}`
  const message = `${expression}: ${found}${aborted ? ', which ended the run' : ''}`
  const text = note === null || actual === null ? message : `${message} (${note})`
  return { name: expression, failure: ok ? undefined : { message, text } }
}

function suiteLines({ name, cases }: TestSuite, result: RunResult): string[] {
  const head = {
    name,
    ...countsOf(cases),
    skipped: 0,
    time: timeOf(result),
    timestamp: new Date(result.run_start * 1000).toISOString().slice(0, 19),
    hostname: result.instance_id,
  }
  const properties = {
    run_id: result.run_id,
    instance_id: result.instance_id,
    workload: result.workload_name,
    tool_version: result.tool_version,
  }
  return [
    `  <testsuite${attributes(head)}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((one) => caseLines(one, `redis-test.${result.workload_name}.${name}`)),
    '  </testsuite>',
  ]
}

function caseLines({ name, failure }: TestCase, classname: string): string[] {
  const head = `    <testcase${attributes({ name, classname, time: '0.000' })}`
  if (failure === undefined) return [`${head}/>`]
  return [
    `${head}>`,
    `      <failure${attributes({ message: failure.message, type: 'failure' })}>${escaped(failure.text)}</failure>`,
    '    </testcase>',
  ]
}

function countsOf(cases: readonly TestCase[]): Readonly<Record<string, number>> {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  return { tests: cases.length, failures, errors: 0 }
}

function timeOf({ measured_seconds: seconds }: RunResult): string {
  return seconds.toFixed(3)
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** What XML 1.0 cannot hold, in any way of writing it, becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
