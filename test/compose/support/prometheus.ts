/** One sample of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface QueryAnswer {
  readonly status: string
  readonly error?: string
  readonly data: { readonly result: { metric: Record<string, string>; value: [number, string] }[] }
}

/** Asks again when the connection breaks, as one that was kept open may at any time. */
async function getJson<Answer>(url: string, triesLeft = 3): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    return (await response.json()) as Answer
  } catch (error) {
    if (triesLeft === 1) throw error
    return getJson(url, triesLeft - 1)
  }
}

/** Asks a Prometheus through its published port. */
export async function query(prometheus: string, expression: string): Promise<Sample[]> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`
  const answer = await getJson<QueryAnswer>(url)
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`)
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/** The one value of an expression without labels; 0 when there is no series yet. */
export async function queryNumber(prometheus: string, expression: string): Promise<number> {
  return (await query(prometheus, expression))[0]?.value ?? 0
}

interface TargetsAnswer {
  readonly data: {
    readonly activeTargets: { labels: Record<string, string>; health: string; lastError: string }[]
  }
}

/** What a scrape job has found, by address: `up`, `down` or `unknown`. */
export async function targets(prometheus: string, job: string): Promise<ReadonlyMap<string, string>> {
  const { data } = await getJson<TargetsAnswer>(`${prometheus}/api/v1/targets?state=active`)
  const ofJob = data.activeTargets.filter(({ labels }) => labels['job'] === job)
  return new Map(ofJob.map(({ labels, health }) => [labels['instance'] ?? '', health]))
}

interface RulesAnswer {
  readonly data: { readonly groups: readonly { readonly rules: readonly { health: string }[] }[] }
}

/** What all rules together have become: `ok`, `err` or `unknown`. */
export async function ruleHealth(prometheus: string): Promise<ReadonlySet<string>> {
  const { data } = await getJson<RulesAnswer>(`${prometheus}/api/v1/rules`)
  return new Set(data.groups.flatMap(({ rules }) => rules.map(({ health }) => health)))
}

interface Trace {
  readonly traceID: string
  readonly spans: readonly { operationName: string; tags: readonly Tag[] }[]
  readonly processes: Readonly<Record<string, { serviceName: string; tags: readonly Tag[] }>>
}

interface Tag {
  readonly key: string
  readonly value: unknown
}

/** The traces of a service in Jaeger, as its UI asks for them; not more than it keeps, or it refuses. */
export async function traces(jaeger: string, service: string, limit: number): Promise<readonly Trace[]> {
  const url = `${jaeger}/api/traces?service=${encodeURIComponent(service)}&limit=${limit}&lookback=1h`
  const { data, errors } = await getJson<{ data: readonly Trace[] | null; errors: unknown }>(url)
  if (errors !== null && errors !== undefined) throw new Error(`${url}: ${JSON.stringify(errors)}`)
  // Before the first trace Jaeger answers null.
  return data ?? []
}

/** Whether a GET is answered with success. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}
