import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ALERT_RULES, ROOT } from './rule-files.ts'

/** Debian's name first. */
const BINARY = ['prometheus-alertmanager', 'alertmanager'].find(
  (name) => spawnSync(name, ['--version']).error === undefined,
)

type Labels = Readonly<Record<string, string>>

interface ShownAlert {
  readonly labels: Labels
  readonly receivers: readonly { readonly name: string }[]
  readonly status: { readonly inhibitedBy: readonly string[] }
}

let server: ChildProcess
let url: string
const folder = mkdtempSync(join(tmpdir(), 'redis-test-alertmanager-'))

/** An alert as our rules send it, found by name and, where one has several, severity. */
function alert(name: string, labels: Labels = {}): Labels {
  const rule = ALERT_RULES.find(
    (candidate) =>
      candidate.alert === name &&
      (labels['severity'] === undefined || labels['severity'] === candidate.labels?.['severity']),
  )
  if (rule === undefined) throw new Error(`no rule ${name} ${JSON.stringify(labels)}`)
  return { alertname: name, ...rule.labels, ...labels }
}

async function send(alerts: readonly Labels[]): Promise<void> {
  const body = JSON.stringify(alerts.map((labels) => ({ labels, annotations: {} })))
  const { status } = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(status).toBe(200)
}

async function shown(): Promise<ShownAlert[]> {
  const response = await fetch(`${url}/api/v2/alerts`)
  return (await response.json()) as ShownAlert[]
}

function keyOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join()
}

/** Sends all, and waits until exactly the right ones are inhibited. */
async function expectInhibited(inhibited: readonly Labels[], told: readonly Labels[]): Promise<void> {
  await send([...inhibited, ...told])
  const wanted = inhibited.map(keyOf).toSorted()
  const ours = new Set([...inhibited, ...told].map(keyOf))
  await expect
    .poll(
      async () =>
        (await shown())
          .filter(({ labels, status }) => ours.has(keyOf(labels)) && status.inhibitedBy.length > 0)
          .map(({ labels }) => keyOf(labels))
          .toSorted(),
      { timeout: 10_000 },
    )
    .toEqual(wanted)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve)
  })
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => {
    probe.close(resolve)
  })
  return port
}

describe.skipIf(BINARY === undefined)('a real Alertmanager (skipped where there is none)', () => {
  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = spawn(
      BINARY!,
      [
        `--config.file=${join(ROOT, 'alertmanager/alertmanager.yml')}`,
        `--storage.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    )
    await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), 20_000)
  }, 30_000)

  afterAll(async () => {
    const ended = new Promise((resolve) => {
      server.once('exit', resolve)
    })
    server.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  })

  it('two severities of one alert: the worse one is told', () =>
    expectInhibited(
      [
        alert('RedisTestErrorRateHigh', { severity: 'warning', run_id: 'r1' }),
        alert('RedisTestReconnectionStorm', { severity: 'info', run_id: 'r1' }),
        alert('RedisMemoryHigh', { severity: 'warning', instance: 'redis:6379' }),
        alert('DiskSpaceLow', { severity: 'warning', instance: 'n:9100', mountpoint: '/' }),
      ],
      [
        alert('RedisTestErrorRateHigh', { severity: 'critical', run_id: 'r1' }),
        alert('RedisTestErrorRateHigh', { severity: 'warning', run_id: 'r2' }),
        alert('RedisTestReconnectionStorm', { severity: 'warning', run_id: 'r1' }),
        alert('RedisTestReconnectionStorm', { severity: 'info', run_id: 'r2' }),
        alert('RedisMemoryHigh', { severity: 'critical', instance: 'redis:6379' }),
        alert('RedisMemoryHigh', { severity: 'warning', instance: 'redis-2:6379' }),
        alert('DiskSpaceLow', { severity: 'critical', instance: 'n:9100', mountpoint: '/' }),
        alert('DiskSpaceLow', { severity: 'warning', instance: 'n:9100', mountpoint: '/data' }),
      ],
    ))

  it('a replica that is gone: its own trouble is not told, that of others and of the run is', () =>
    expectInhibited(
      [
        alert('RedisTestEventLoopLag', { run_id: 'r3', instance_id: 'a' }),
        alert('RedisTestThroughputBelowTarget', { run_id: 'r3', instance_id: 'a' }),
        alert('RedisTestPathsDisagree', { run_id: 'r3' }),
      ],
      [
        alert('RedisTestDown', { run_id: 'r3', instance_id: 'a' }),
        alert('RedisTestEventLoopLag', { run_id: 'r3', instance_id: 'b' }),
        alert('RedisTestLatencyHigh', { run_id: 'r3' }),
        // A target of which nothing else is known explains nothing else.
        alert('RedisTestDown', { instance: '10.0.0.9:8000' }),
        alert('RedisTestJournalFailing', { run_id: 'r4', instance_id: 'a' }),
        alert('RedisTestPathsDisagree', { run_id: 'r4' }),
        alert('RedisHitRatioLow', { instance: 'redis:6379' }),
      ],
    ))

  it('a run without any connection: what follows from it is not told', () =>
    expectInhibited(
      [
        alert('RedisTestErrorRateHigh', { severity: 'warning', run_id: 'r5' }),
        alert('RedisTestLatencyHigh', { run_id: 'r5' }),
        alert('RedisTestConnectionsDown', { run_id: 'r5' }),
        alert('RedisTestLoadDropped', { run_id: 'r5' }),
      ],
      [
        alert('RedisUnreachable', { run_id: 'r5' }),
        alert('RedisTestLatencyHigh', { run_id: 'r6' }),
        alert('RedisUnreachable', { instance: 'redis-primary:6379' }),
        alert('RedisFragmentationHigh', { instance: 'redis:6379' }),
      ],
    ))

  it('a saturated generator: its event-loop lag is not told, but that of a closed loop at its limit is', () =>
    expectInhibited(
      [alert('RedisTestEventLoopLag', { run_id: 'r7', instance_id: 'a' })],
      [
        alert('RedisTestGeneratorSaturated', { severity: 'warning', run_id: 'r7', instance_id: 'a' }),
        alert('RedisTestEventLoopLag', { run_id: 'r7', instance_id: 'b' }),
        alert('RedisTestGeneratorSaturated', { severity: 'info', run_id: 'r8', instance_id: 'a' }),
        alert('RedisTestEventLoopLag', { run_id: 'r8', instance_id: 'a' }),
      ],
    ))

  it('a collector that is down: nothing over OTLP is told', () =>
    expectInhibited(
      [
        alert('RedisTestTelemetryExportFailing', { run_id: 'r9', instance_id: 'a', signal: 'metrics' }),
        alert('RedisTestPathsDisagree', { run_id: 'r9' }),
        alert('OtelCollectorRefusing', { instance: 'c' }),
        alert('OtelCollectorExportFailing', { instance: 'c' }),
        alert('OtelCollectorQueueFull', { instance: 'c' }),
        alert('PrometheusTargetDown', { job: 'otlp' }),
      ],
      [
        alert('OtelCollectorDown', { job: 'otel-collector' }),
        alert('PrometheusTargetDown', { job: 'grafana' }),
        alert('RedisTestJournalFailing', { run_id: 'r9', instance_id: 'a' }),
      ],
    ))

  // Last, because a collector that is down is among them.
  it('gives each alert to the receiver of its severity', async () => {
    const sent = ALERT_RULES.map(({ alert: name, labels }) =>
      alert(name, { severity: labels!['severity']!, run_id: `routing-${name}` }),
    )
    await send(sent)
    const wanted = sent.map(({ alertname, severity }) => `${alertname} ${severity} → ${severity}`).toSorted()
    await expect
      .poll(async () =>
        (await shown())
          .filter(({ labels }) => labels['run_id']?.startsWith('routing-') === true)
          .map(
            ({ labels, receivers }) =>
              `${labels['alertname']} ${labels['severity']} → ${receivers.map(({ name }) => name).join()}`,
          )
          .toSorted(),
      )
      .toEqual(wanted)
  })
})
