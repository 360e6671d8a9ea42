import type { ProxyStats } from '../../model/toxic.ts'
import { formatAddress } from '../address.ts'
import type { FaultProxy } from '../fault-proxy.ts'

interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Its values with the labels beyond those of the proxy. */
  readonly samples: (
    stats: ProxyStats,
  ) => readonly (readonly [labels: Record<string, string>, value: number])[]
}

const DIRECTIONS = ['upstream', 'downstream'] as const

/** The first two are Toxiproxy's. */
const FAMILIES: readonly Family[] = [
  {
    name: 'toxiproxy_proxy_received_bytes_total',
    type: 'counter',
    help: 'Bytes that came in, by direction.',
    samples: ({ bytes }) => DIRECTIONS.map((direction) => [{ direction }, bytes[direction].received]),
  },
  {
    name: 'toxiproxy_proxy_sent_bytes_total',
    type: 'counter',
    help: 'Bytes that went out, by direction.',
    samples: ({ bytes }) => DIRECTIONS.map((direction) => [{ direction }, bytes[direction].sent]),
  },
  {
    name: 'redis_test_proxy_connections_total',
    type: 'counter',
    help: 'Connections that were accepted.',
    samples: ({ connections }) => [[{}, connections.total]],
  },
  {
    name: 'redis_test_proxy_failed_connections_total',
    type: 'counter',
    help: 'Connections whose server could not be reached.',
    samples: ({ connections }) => [[{}, connections.failed]],
  },
  {
    name: 'redis_test_proxy_active_connections',
    type: 'gauge',
    help: 'Connections now.',
    samples: ({ connections }) => [[{}, connections.active]],
  },
  {
    name: 'redis_test_proxy_toxics_applied_total',
    type: 'counter',
    help: 'Connections that a toxic acted on; commands and pushes for those of RESP.',
    samples: ({ applied }) => Object.entries(applied).map(([type, count]) => [{ type }, count]),
  },
]

/** Everything that the proxies counted, in the text format of Prometheus. */
export function renderMetrics(proxies: readonly FaultProxy[]): string {
  const lines = FAMILIES.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...proxies.flatMap((proxy) =>
      samples(proxy.stats).map(([labels, value]) => {
        const own = {
          proxy: proxy.name,
          listener: formatAddress(proxy.listen),
          upstream: formatAddress(proxy.upstream),
        }
        return `${name}{${renderLabels({ ...labels, ...own })}} ${value}`
      }),
    ),
  ])
  return `${lines.join('\n')}\n`
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const escape = (value: string): string =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escape(value)}"`)
    .join(',')
}
