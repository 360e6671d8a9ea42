import { describe, expect, it } from 'vitest'
import { checkCommands } from '../../src/app/preflight.ts'
import type { ControlClient } from '../../src/redis/control-client.ts'
import { planOf } from '../support/plan.ts'

const PROFILE = 'name: p\noperations: [{command: "GRAPH.CONFIG SET {key} 1"}]\n'

/** A server that describes every command like this. */
const serverThatSays = (info: unknown): ControlClient =>
  ({
    call: (_: string, [, ...names]: readonly string[]) => Promise.resolve(names.map(() => info)),
  }) as unknown as ControlClient

const info = (categories: unknown): unknown => ['graph.config', -2, [], 1, 1, 1, categories]

describe('commands of a server', () => {
  it('are refused when it calls them dangerous, unless they are allowed', async () => {
    const server = serverThatSays(info(['@write', '@admin', '@dangerous']))
    await expect(checkCommands(planOf({}, { profile: PROFILE }).plan, server)).rejects.toThrow(
      'operations.0: GRAPH.CONFIG reaches beyond the keys of the run (the server puts it into @write @admin @dangerous): --allow-dangerous permits it',
    )
    await checkCommands(planOf({ 'safety.allow_dangerous': true }, { profile: PROFILE }).plan, server)
  })

  it.each([
    [['@write', '@slow']],
    [[]],
    [null],
    ['@dangerous'],
    [[5, null, {}, '@admin\u001b[2J']],
    [{ '@admin': 1 }],
  ])('are taken with the categories %j', async (categories) => {
    await checkCommands(planOf({}, { profile: PROFILE }).plan, serverThatSays(info(categories)))
  })
})
