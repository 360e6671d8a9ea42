import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const RULES_FOLDER = join(ROOT, 'prometheus/rules')
export const TESTS_FOLDER = join(ROOT, 'prometheus/tests')

export interface Rule {
  readonly file: string
  readonly expr: string
}

export interface RecordingRule extends Rule {
  readonly record: string
}

export interface AlertRule extends Rule {
  readonly alert: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (RecordingRule | AlertRule)[] }[]
}

export function rulePaths(): string[] {
  return pathsIn(RULES_FOLDER)
}

export function testPaths(): string[] {
  return pathsIn(TESTS_FOLDER)
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .toSorted()
    .map((name) => join(folder, name))
}

function allRules(): (RecordingRule | AlertRule)[] {
  return rulePaths().flatMap((path) => {
    const { groups } = parse(readFileSync(path, 'utf8')) as RuleFile
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, file: basename(path) })))
  })
}

export const RECORDING_RULES: readonly RecordingRule[] = allRules().filter((rule) => 'record' in rule)
export const ALERT_RULES: readonly AlertRule[] = allRules().filter((rule) => 'alert' in rule)

export interface AlertTest {
  readonly alertname: string
  readonly exp_alerts?: readonly {
    readonly exp_labels: Readonly<Record<string, string>>
    readonly exp_annotations?: Readonly<Record<string, string>>
  }[]
}

export interface ExpressionTest {
  readonly expr: string
  readonly exp_samples?: readonly { readonly value: number }[]
}

interface TestFile {
  readonly tests: readonly {
    readonly name: string
    readonly alert_rule_test?: readonly AlertTest[]
    readonly promql_expr_test?: readonly ExpressionTest[]
  }[]
}

/** The cases of `promtool test rules`, from all files. */
export const TEST_CASES: TestFile['tests'] = testPaths().flatMap(
  (path) => (parse(readFileSync(path, 'utf8')) as TestFile).tests,
)

/** `RedisTestDown` → `redis-test-down`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
}
