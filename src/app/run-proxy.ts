import { type Problem, UsageError } from '../model/errors.ts'
import type { ProxySpec, ProxyState, RewriteKind } from '../model/toxic.ts'
import { type Address, parseAddress } from '../proxy/address.ts'
import { type ProxyServer, startProxyServer } from '../proxy/proxy-server.ts'

/** What the command line says; listening addresses and servers belong together in their order. */
export interface ProxyFlags {
  readonly listen: readonly string[]
  readonly upstream: readonly string[]
  readonly api: string
  readonly seed: number
  readonly rewrite: RewriteKind | undefined
}

/** Runs fault proxies in this process. Throws a {@link UsageError} when the flags are wrong or an address is taken. */
export async function runProxy(
  flags: ProxyFlags,
  onFound: (proxy: ProxyState) => void,
): Promise<ProxyServer> {
  const problems: Problem[] = []
  const read = (text: string, path: string): Address => {
    const address = parseAddress(text)
    if (address === undefined)
      problems.push({ path, message: `"${text}" is not an address`, hint: 'host:port, as in 127.0.0.1:7000' })
    return address ?? { host: '', port: 0 }
  }
  if (flags.listen.length !== flags.upstream.length)
    problems.push({
      path: '--listen',
      message: `${flags.listen.length} of these and ${flags.upstream.length} of --upstream`,
      hint: 'each address to listen on has one server behind it',
    })
  for (const text of flags.listen) read(text, '--listen')
  for (const text of flags.upstream) {
    if (read(text, '--upstream').port === 0 && parseAddress(text) !== undefined)
      problems.push({ path: '--upstream', message: `"${text}" has no port`, hint: 'as in 127.0.0.1:6379' })
  }
  const api = read(flags.api, '--api')
  if (problems.length > 0) throw new UsageError(problems)
  const proxies: ProxySpec[] = flags.upstream.map((upstream, index) => ({
    name: flags.upstream.length === 1 ? 'redis' : `redis-${index + 1}`,
    listen: flags.listen[index]!,
    upstream,
    ...(flags.rewrite === undefined ? {} : { rewrite: flags.rewrite }),
  }))
  try {
    const { seed } = flags
    return await startProxyServer({ api: { ...api, host: api.host || '127.0.0.1' }, seed, proxies, onFound })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError([{ path: '', message, hint: 'is it in use? port 0 takes any that is free' }])
  }
}
