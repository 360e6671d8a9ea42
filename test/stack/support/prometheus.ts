import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ROOT } from '../../e2e/support/command-line.ts'
import { answers, type Component, startComponent } from './process.ts'

interface ServiceDiscovery {
  readonly names: readonly string[]
  readonly port?: number
}

interface TargetGroup {
  dns_sd_configs?: ServiceDiscovery[]
  static_configs?: { targets: string[]; labels?: Record<string, string> }[]
}

interface PrometheusConfig {
  rule_files: string[]
  alerting: { alertmanagers: TargetGroup[] }
  scrape_configs: (TargetGroup & { job_name: string })[]
}

/**
 * prometheus/prometheus.yml with other addresses: what stands in it as `name:port` becomes the addresses here, and what is
 * not here has no target, as in the stack when a profile is off. Nothing else is changed.
 */
export function readdress(addresses: Readonly<Record<string, readonly string[]>>): PrometheusConfig {
  const config = parse(readFileSync(join(ROOT, 'prometheus/prometheus.yml'), 'utf8')) as PrometheusConfig
  const here = (address: string): readonly string[] => addresses[address] ?? []
  for (const group of [...config.alerting.alertmanagers, ...config.scrape_configs]) {
    const discovered = (group.dns_sd_configs ?? []).flatMap(({ names, port }) =>
      names.map((name) => ({
        targets: [...here(`${name}:${port}`)],
        labels: { __meta_dns_name: name },
      })),
    )
    const fixed = (group.static_configs ?? []).map(({ targets }) => ({ targets: targets.flatMap(here) }))
    delete group.dns_sd_configs
    group.static_configs = [...discovered, ...fixed]
  }
  config.rule_files = config.rule_files.map((file) =>
    join(ROOT, 'prometheus', file.replace(/^.*prometheus\//, '')),
  )
  return config
}

export interface PrometheusServer extends Component {
  readonly url: string
  /** Samples of an instant query; throws what Prometheus says when it does not like the query. */
  query(expression: string): Promise<Sample[]>
  get<Data>(path: string): Promise<Data>
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

export async function startPrometheus(
  program: string,
  port: number,
  config: PrometheusConfig,
  folder: string,
): Promise<PrometheusServer> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, stringify(config))
  const url = `http://127.0.0.1:${port}`
  const component = await startComponent(
    'prometheus',
    [
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    () => answers(`${url}/-/ready`),
  )
  const get = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`${url}${path}`)
    const body = (await response.json()) as { status: string; data: Data; error?: string }
    if (body.status !== 'success') throw new Error(`${body.error ?? response.statusText} in ${path}`)
    return body.data
  }
  return {
    ...component,
    url,
    get,
    async query(expression) {
      const { resultType, result } = await get<InstantAnswer>(
        `/api/v1/query?query=${encodeURIComponent(expression)}`,
      )
      if (resultType === 'scalar') return [{ metric: {}, value: Number(result[1]) }]
      return (result as VectorElement[]).map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
  }
}

interface VectorElement {
  readonly metric: Record<string, string>
  readonly value: [number, string]
}

interface InstantAnswer {
  readonly resultType: string
  readonly result: VectorElement[] | [number, string]
}
