import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ProxyState, RewriteKind } from '../../model/toxic.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly listen: readonly string[]
  readonly upstream: readonly string[]
  readonly api: string
  readonly seed: number
  readonly cluster?: boolean
  readonly sentinel?: boolean
}

const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text]

function readSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 32)
    throw new InvalidArgumentError('it is a whole number below 2^32')
  return Number(text)
}

/** `redis-test proxy`: a TCP proxy that breaks things when it is told to, in the foreground. */
export function addProxyCommand(program: Command, terminal: Terminal): void {
  program
    .command('proxy')
    .description("Run a fault proxy in front of a server, driven by Toxiproxy's HTTP API")
    .requiredOption('--listen <host:port>', 'Where clients connect; as often as --upstream', collect)
    .requiredOption('--upstream <host:port>', 'The server behind it', collect)
    .option('--api <host:port>', "Where Toxiproxy's HTTP API is served", '127.0.0.1:8474')
    .addOption(
      new Option('--cluster', 'Keep clients of a Cluster on proxies, one for each node').conflicts(
        'sentinel',
      ),
    )
    .option('--sentinel', 'The same for Sentinel and what it watches')
    .option('--seed <number>', 'Decides which connections and commands are hit', readSeed, 1)
    .action(async (flags: Flags) => {
      const rewrite: RewriteKind | undefined =
        flags.cluster === true ? 'cluster' : flags.sentinel === true ? 'sentinel' : undefined
      const { runProxy } = await import('../../app/run-proxy.ts')
      const say = (what: string, { name, listen, upstream }: ProxyState): void =>
        terminal.stdout(`${what} ${name}: ${listen} → ${upstream}\n`)
      const server = await runProxy({ ...flags, rewrite }, (proxy) => say('found', proxy))
      for (const proxy of server.proxies) say('proxy', proxy)
      terminal.stdout(`API at ${server.apiUrl}, as of Toxiproxy\n`)
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
      })
      await server.stop()
      terminal.stdout('ended\n')
    })
}
