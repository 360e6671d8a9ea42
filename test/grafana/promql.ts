import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

export interface Matcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

/** What an expression reads, and what it does with it. */
export interface Selector {
  /** One name, or several with `__name__=~"a|b"`. */
  readonly metrics: readonly string[]
  readonly matchers: readonly Matcher[]
  /** Text in the square brackets. */
  readonly range: string | undefined
  /** Innermost first: `rate`, `histogram_quantile`, … Aggregations are not functions. */
  readonly functions: readonly string[]
  /** `by` of the aggregations around it, innermost first; `undefined` stands for one without `by`. */
  readonly by: readonly (readonly string[] | undefined)[]
}

export interface Grouping {
  readonly labels: readonly string[]
  readonly metrics: readonly string[]
}

/** Where the parser lost its way; empty when the expression is PromQL. */
export function syntaxErrors(expr: string): string[] {
  const errors: string[] = []
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`at ${from}: …${expr.slice(Math.max(0, from - 20), from + 20)}…`)
    },
  })
  return errors
}

export function selectorsOf(expr: string): Selector[] {
  return nodes(expr, 'VectorSelector').map((node) => {
    const matchers = readMatchers(node, expr)
    const name = node.getChild('Identifier')
    const metrics =
      name === null
        ? matchers.filter(({ label }) => label === '__name__').flatMap(({ value }) => value.split('|'))
        : [text(name, expr)]
    const around = ancestors(node)
    const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined
    return {
      metrics,
      matchers,
      range: matrix === undefined ? undefined : text(matrix, expr).replace(/^.*\[(.*)\]$/s, '$1'),
      functions: around
        .filter((parent) => parent.name === 'FunctionCall')
        .map((parent) => text(parent.getChild('FunctionIdentifier')!, expr)),
      by: around.filter((parent) => parent.name === 'AggregateExpr').map((parent) => byLabels(parent, expr)),
    }
  })
}

/** Every `by (…)`, `on (…)` and `group_left (…)` with the metrics they are about. */
export function groupingsOf(expr: string): Grouping[] {
  return [...nodes(expr, 'AggregateModifier'), ...nodes(expr, 'MatchingModifierClause')].map((node) => ({
    labels: node
      .getChildren('GroupingLabels')
      .flatMap((group) => group.getChildren('LabelName').map((label) => text(label, expr))),
    metrics: selectorsOf(text(node.parent!, expr)).flatMap(({ metrics }) => metrics),
  }))
}

function readMatchers(selector: SyntaxNode, expr: string): Matcher[] {
  const list = selector.getChild('LabelMatchers')
  if (list === null) return []
  return list.getChildren('UnquotedLabelMatcher').map((matcher) => ({
    label: text(matcher.getChild('LabelName')!, expr),
    operator: text(matcher.getChild('MatchOp')!, expr),
    value: text(matcher.getChild('StringLiteral')!, expr).slice(1, -1),
  }))
}

function byLabels(aggregate: SyntaxNode, expr: string): string[] | undefined {
  const modifier = aggregate.getChild('AggregateModifier')
  if (modifier === null || modifier.getChild('By') === null) return undefined
  return modifier
    .getChild('GroupingLabels')!
    .getChildren('LabelName')
    .map((label) => text(label, expr))
}

function nodes(expr: string, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.name === name) found.push(node.node)
    },
  })
  return found
}

function ancestors(node: SyntaxNode): SyntaxNode[] {
  const around: SyntaxNode[] = []
  for (let parent = node.parent; parent !== null; parent = parent.parent) around.push(parent)
  return around
}

function text({ from, to }: SyntaxNode, expr: string): string {
  return expr.slice(from, to)
}
