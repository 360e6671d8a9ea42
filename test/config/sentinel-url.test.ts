import { describe, expect, it } from 'vitest'
import { parseSentinelUrl } from '../../src/config/sentinel-url.ts'
import { planOf } from '../support/plan.ts'

describe('parseSentinelUrl', () => {
  it('takes Sentinels, a name, a database, a user and a password', () => {
    expect(parseSentinelUrl('redis+sentinel://me:p%40ss@a:1,[::1],b:26380/my.master/3')).toEqual([
      ['target.topology', 'sentinel'],
      ['target.sentinel.nodes', ['a:1', '[::1]:26379', 'b:26380']],
      ['target.sentinel.name', 'my.master'],
      ['target.db', 3],
      ['target.username', 'me'],
      ['target.password', 'p@ss'],
    ])
    expect(parseSentinelUrl('rediss+sentinel://:secret@a/m')).toEqual([
      ['target.topology', 'sentinel'],
      ['target.sentinel.nodes', ['a:26379']],
      ['target.sentinel.name', 'm'],
      ['target.password', 'secret'],
      ['target.tls.enabled', true],
      ['target.sentinel.tls', true],
    ])
  })

  it.each([
    'redis+sentinel://a:1',
    'redis+sentinel:///m',
    'redis+sentinel://a:1/m/x',
    'redis+sentinel://a:99999/m',
    'redis+sentinel://%zz@a/m',
    'redis://a:1/0',
  ])('does not take %s', (text) => {
    expect(parseSentinelUrl(text)).toBeUndefined()
  })
})

describe('a plan with Sentinels', () => {
  it('has them from a URL, which single settings override', () => {
    const { plan, secrets } = planOf({
      'target.url': 'redis+sentinel://me:pass@a:1,b:2/m',
      'target.sentinel.name': 'other',
    })
    expect(plan.target).toMatchObject({ topology: 'sentinel', username: 'me', password: '***' })
    expect(plan.target.sentinel).toMatchObject({ nodes: ['a:1', 'b:2'], name: 'other' })
    expect(secrets.password).toBe('pass')
  })

  it('has the topology by naming them, and one at host and port by the topology', () => {
    expect(planOf({ 'target.sentinel.nodes': 'a:1' }).plan.target.topology).toBe('sentinel')
    const nodesOf = (flags: Record<string, string>): readonly string[] =>
      planOf({ 'target.topology': 'sentinel', ...flags }).plan.target.sentinel.nodes
    expect(nodesOf({ 'target.host': 'a' })).toEqual(['a:26379'])
    expect(nodesOf({ 'target.port': '7000' })).toEqual(['127.0.0.1:7000'])
  })

  it('has no socket', () => {
    expect(() => planOf({ 'target.sentinel.nodes': 'a:1', 'target.socket': '/run/redis.sock' })).toThrow(
      'target.socket: not together with Sentinels',
    )
  })
})
