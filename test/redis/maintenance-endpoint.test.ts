import { describe, expect, it } from 'vitest'
import { endpointTypeOf } from '../../src/redis/maintenance-endpoint.ts'

describe('how the place to move to is asked for', () => {
  it.each([
    ['10.1.2.3', false, 'internal-ip'],
    ['127.0.0.1', true, 'internal-fqdn'],
    ['172.31.0.1', false, 'internal-ip'],
    ['172.32.0.1', false, 'external-ip'],
    ['8.8.8.8', true, 'external-fqdn'],
    ['::1', false, 'internal-ip'],
    ['fe80::1%eth0', false, 'internal-ip'],
    ['::ffff:192.168.1.1', false, 'internal-ip'],
    ['2001:db8::1', false, 'external-ip'],
    [undefined, false, 'none'],
  ] as const)('%s, encrypted %s: %s', (address, encrypted, expected) => {
    expect(endpointTypeOf(address, encrypted)).toBe(expected)
  })
})
