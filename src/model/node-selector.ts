import { parseAddress } from './address.ts'
import type { DeploymentNode } from './deployment.ts'
import { pickShare } from './pick-share.ts'
import type { Random } from './random.ts'

const WORDS = [
  'master',
  'masters',
  'replica',
  'replicas',
  'all',
  'random',
  'random-master',
  'random-replica',
] as const
const SHARD = /^shard:(\d{1,5})$/

/** How a person may name servers, for messages and help. */
export const SELECTOR_EXPECTED = `${WORDS.join(', ')}, shard:N or host:port`

export function isNodeSelector(text: string): boolean {
  return WORDS.includes(text as (typeof WORDS)[number]) || SHARD.test(text) || isAddress(text)
}

/** A selector that names one server, whatever its role. */
export function isAddress(text: string): boolean {
  return !SHARD.test(text) && parseAddress(text) !== undefined && text.includes(':')
}

/**
 * The servers that a selector means. `master`, `replica` and `random…` draw one of those that qualify; `shard:N` is the
 * master of the shard with the Nth lowest slots, counted from 0. Servers that are down count only by their address.
 * Throws when there is none.
 */
export function selectNodes(
  selector: string,
  nodes: readonly DeploymentNode[],
  random: Random,
): DeploymentNode[] {
  const found = candidates(selector, nodes)
  if (found.length === 0) throw new Error(`no server of the deployment is ${selector}`)
  const isOne = selector === 'master' || selector === 'replica' || selector.startsWith('random')
  return isOne ? pickShare(found, 1 / found.length, random) : found
}

function candidates(selector: string, nodes: readonly DeploymentNode[]): DeploymentNode[] {
  if (isAddress(selector)) return nodes.filter(({ address }) => address === selector)
  const up = nodes.filter(({ isDown }) => !isDown)
  const masters = mastersOf(up)
  const shard = SHARD.exec(selector)?.[1]
  if (shard !== undefined) return masters.slice(Number(shard), Number(shard) + 1)
  if (selector.includes('master')) return masters
  return selector.includes('replica') ? up.filter(({ role }) => role === 'replica') : up
}

/** By their lowest slot. In a Cluster, a master without slots is none that anybody talks to. */
function mastersOf(nodes: readonly DeploymentNode[]): DeploymentNode[] {
  const masters = nodes.filter(({ role }) => role === 'master')
  const serving = masters.filter(({ slots }) => slots.length > 0)
  return (serving.length > 0 ? serving : masters).toSorted((a, b) => lowestSlot(a) - lowestSlot(b))
}

function lowestSlot({ slots }: DeploymentNode): number {
  return Math.min(...slots.map(([first]) => first))
}
