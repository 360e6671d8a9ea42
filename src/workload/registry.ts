import type { KeySpace } from './keys.ts'

/**
 * What a command is sent with when a profile names it without arguments, by family. Each family has keys of its own type.
 * Add a command here; any other command works with its arguments written out.
 */
export const FAMILIES = {
  string: {
    GET: '{key}',
    SET: '{key} {value}',
    SETEX: '{key} {ttl} {value}',
    PSETEX: '{key} {ttl_ms} {value}',
    SETNX: '{key} {value}',
    GETSET: '{key} {value}',
    GETEX: '{key} EX {ttl}',
    GETDEL: '{key}',
    APPEND: '{key} {value}',
    STRLEN: '{key}',
    GETRANGE: '{key} 0 99',
    SETRANGE: '{key} 0 {value}',
    MGET: '({key})*10',
    MSET: '({key} {value})*10',
    DEL: '{key}',
    UNLINK: '{key}',
    EXISTS: '{key}',
    EXPIRE: '{key} {ttl}',
    PEXPIRE: '{key} {ttl_ms}',
    PERSIST: '{key}',
    TTL: '{key}',
    PTTL: '{key}',
    TYPE: '{key}',
    TOUCH: '{key}',
    PING: '',
    TIME: '',
    ECHO: '{value}',
    PUBLISH: '{channel} {message}',
    SPUBLISH: '{channel} {message}',
  },
  counter: {
    INCR: '{key}',
    DECR: '{key}',
    INCRBY: '{key} {int 1..100}',
    DECRBY: '{key} {int 1..100}',
    INCRBYFLOAT: '{key float} {float 0..1}',
  },
  hash: {
    HSET: '{key} {field} {value}',
    HSETNX: '{key} {field} {value}',
    HGET: '{key} {field}',
    HMGET: '{key} ({field})*5',
    HGETALL: '{key}',
    HDEL: '{key} {field}',
    HEXISTS: '{key} {field}',
    HLEN: '{key}',
    HKEYS: '{key}',
    HVALS: '{key}',
    HINCRBY: '{key} count {int 1..10}',
    HINCRBYFLOAT: '{key} sum {float 0..1}',
    HRANDFIELD: '{key} 3',
    HSCAN: '{key} 0 COUNT 20',
  },
  list: {
    LPUSH: '{key} {value}',
    RPUSH: '{key} {value}',
    LPOP: '{key}',
    RPOP: '{key}',
    LRANGE: '{key} 0 9',
    LLEN: '{key}',
    LINDEX: '{key} 0',
    LTRIM: '{key} 0 999',
    LMOVE: '{key} {key} LEFT RIGHT',
    BLPOP: '{key} 1',
    BRPOP: '{key} 1',
    BLMOVE: '{key} {key} LEFT RIGHT 1',
  },
  set: {
    SADD: '{key} {member}',
    SREM: '{key} {member}',
    SISMEMBER: '{key} {member}',
    SMISMEMBER: '{key} ({member})*5',
    SMEMBERS: '{key}',
    SCARD: '{key}',
    SPOP: '{key}',
    SRANDMEMBER: '{key} 3',
    SINTER: '{key} {key}',
    SUNION: '{key} {key}',
    SDIFF: '{key} {key}',
    SSCAN: '{key} 0 COUNT 20',
  },
  zset: {
    ZADD: '{key} {int 0..1000000} {member}',
    ZINCRBY: '{key} {int 1..100} {member}',
    ZSCORE: '{key} {member}',
    ZMSCORE: '{key} ({member})*5',
    ZRANK: '{key} {member}',
    ZREVRANK: '{key} {member}',
    ZRANGE: '{key} 0 9',
    ZREVRANGE: '{key} 0 9 WITHSCORES',
    ZRANGEBYSCORE: '{key} {int 0..500000} 1000000 LIMIT 0 10',
    ZCARD: '{key}',
    ZCOUNT: '{key} {int 0..500000} 1000000',
    ZREM: '{key} {member}',
    ZPOPMIN: '{key}',
    ZPOPMAX: '{key}',
    BZPOPMIN: '{key} 1',
    BZPOPMAX: '{key} 1',
  },
  stream: {
    XADD: '{stream} MAXLEN ~ 100000 * message {message}',
    XLEN: '{stream}',
    XRANGE: '{stream} - + COUNT 10',
    XREVRANGE: '{stream} + - COUNT 10',
    XTRIM: '{stream} MAXLEN ~ 10000',
    XREAD: 'COUNT 10 STREAMS {stream} 0',
  },
  geo: {
    GEOADD: '{key} {lon} {lat} {member}',
    GEOPOS: '{key} {member}',
    GEODIST: '{key} {member} {member} km',
    GEOSEARCH: '{key} FROMLONLAT {lon} {lat} BYRADIUS 500 km ASC COUNT 10',
  },
  bitmap: {
    SETBIT: '{key} {int 0..99999} {int 0..1}',
    GETBIT: '{key} {int 0..99999}',
    BITCOUNT: '{key}',
    BITPOS: '{key} 1',
  },
  hll: {
    PFADD: '{key} {member}',
    PFCOUNT: '{key}',
    PFMERGE: '{key} {key}',
  },
} as const satisfies Record<KeySpace, Readonly<Record<string, string>>>

interface UsualCommand {
  readonly space: KeySpace
  readonly template: string
}

const usual = new Map<string, UsualCommand>(
  Object.entries(FAMILIES).flatMap(([space, commands]) =>
    Object.entries(commands).map(([name, args]) => [
      name,
      { space: space as KeySpace, template: args === '' ? name : `${name} ${args}` },
    ]),
  ),
)

/** Names of the commands that need no arguments in a profile, sorted. */
export const USUAL_NAMES: readonly string[] = [...usual.keys()].toSorted()

/** What a command is usually sent with; `undefined` for a command that is not in the table. */
export function usualCommand(name: string): UsualCommand | undefined {
  return usual.get(name.toUpperCase())
}
