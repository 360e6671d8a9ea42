import { describe, expect, it } from 'vitest'
import { placeOf, placeOfAddress } from '../../src/app/place-of.ts'
import { planOf } from '../support/plan.ts'

describe('placeOfAddress', () => {
  it.each([
    ['127.0.0.1', 'this machine'],
    ['127.8.8.8', 'this machine'],
    ['::1', 'this machine'],
    ['10.255.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['172.32.0.1', 'a public address'],
    ['192.168.1.1', 'a private address'],
    ['100.64.0.1', 'a private address'],
    ['169.254.1.1', 'a private address'],
    ['fd00::1', 'a private address'],
    ['fe80::1', 'a private address'],
    ['8.8.8.8', 'a public address'],
    ['2001:4860::8888', 'a public address'],
  ])('%s is %s', (address, place) => {
    expect(placeOfAddress(address)).toBe(place)
  })
})

describe('placeOf', () => {
  it('resolves names, and takes a socket for here', async () => {
    const { target } = planOf().plan
    expect((await placeOf({ ...target, host: 'localhost' })).place).toBe('this machine')
    expect(await placeOf({ ...target, host: '8.8.8.8', socket: '/tmp/s' })).toEqual({
      place: 'this machine',
      address: '/tmp/s',
    })
  })
})
