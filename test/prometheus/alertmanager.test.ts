import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ALERT_RULES, ROOT } from './rule-files.ts'

const isInstalled = spawnSync('amtool', ['--version']).error === undefined
const FOLDER = join(ROOT, 'alertmanager')
const FILES = ['alertmanager.yml', 'alertmanager.example.yml'] as const

interface Config {
  readonly global?: Readonly<Record<string, unknown>>
  readonly route: unknown
  readonly inhibit_rules: readonly unknown[]
  readonly templates: readonly string[]
  readonly receivers: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[]
}

function read(file: (typeof FILES)[number]): Config {
  return parse(readFileSync(join(FOLDER, file), 'utf8')) as Config
}

function amtool(...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('amtool', parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`amtool ${parameters.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

describe('the two configurations', () => {
  it('differ in their receivers alone', () => {
    const [plain, example] = FILES.map(read) as [Config, Config]
    expect(plain.route).toEqual(example.route)
    expect(plain.inhibit_rules).toEqual(example.inhibit_rules)
    expect(plain.templates).toEqual(example.templates)
    expect(plain.receivers.map(({ name }) => name)).toEqual(example.receivers.map(({ name }) => name))
  })

  it('tell nobody out of the box, and need no secret', () => {
    const { receivers, global } = read('alertmanager.yml')
    expect(receivers).toEqual([{ name: 'none' }, { name: 'critical' }, { name: 'warning' }, { name: 'info' }])
    expect(global).toBeUndefined()
  })

  it('tell by severity once the receivers are filled in', () => {
    const { receivers } = read('alertmanager.example.yml')
    const ways = receivers.map(({ name, ...rest }) => [name, Object.keys(rest)])
    expect(Object.fromEntries(ways)).toEqual({
      none: [],
      critical: ['pagerduty_configs', 'slack_configs'],
      warning: ['slack_configs'],
      info: ['email_configs', 'webhook_configs'],
    })
  })

  it('hold no secret: each is in a file of its own, which the README there names', () => {
    const text = readFileSync(join(FOLDER, 'alertmanager.example.yml'), 'utf8')
    const files = [...text.matchAll(/^ *-? *(\w+_file): (\S+)$/gm)].map(([, key, path]) => [key, path])
    const secrets = '/etc/alertmanager/secrets'
    expect(files).toEqual([
      ['slack_api_url_file', `${secrets}/slack_api_url`],
      ['smtp_auth_password_file', `${secrets}/smtp_password`],
      ['routing_key_file', `${secrets}/pagerduty_routing_key`],
      ['credentials_file', `${secrets}/webhook_token`],
    ])
    expect(text).not.toMatch(/\b(api_url|routing_key|service_key|auth_password|credentials):/)
    const readme = readFileSync(join(FOLDER, 'secrets/README.md'), 'utf8')
    for (const [, path] of files) expect(readme).toContain(`\`${path!.slice(secrets.length + 1)}\``)
    expect(readFileSync(join(FOLDER, 'secrets/.gitignore'), 'utf8')).toContain('*\n!.gitignore\n!README.md\n')
  })
})

describe.skipIf(!isInstalled)('amtool (skipped where it is not installed)', () => {
  it.each(FILES)('accepts %s with its templates', (file) => {
    const said = amtool('check-config', join(FOLDER, file))
    expect(said).toContain('4 receivers')
    expect(said).not.toContain('FAILED')
  })

  it.each(FILES)('routes every alert of the rules to the receiver of its severity, with %s', (file) => {
    for (const severity of ['critical', 'warning', 'info']) {
      const names = ALERT_RULES.filter(({ labels }) => labels?.['severity'] === severity)
      expect(names.length).toBeGreaterThan(0)
      for (const { alert } of names.slice(0, 2)) {
        const labels = [`alertname=${alert}`, `severity=${severity}`, 'run_id=r1']
        expect(amtool('config', 'routes', 'test', `--config.file=${join(FOLDER, file)}`, ...labels)).toBe(
          `${severity}\n`,
        )
      }
    }
    expect(amtool('config', 'routes', 'test', `--config.file=${join(FOLDER, file)}`, 'alertname=Other')).toBe(
      'none\n',
    )
  })
})

describe.skipIf(!isInstalled)('templates (skipped where amtool is not installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-templates-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const labels = {
    alertname: 'RedisTestLatencyHigh',
    severity: 'warning',
    component: 'redis-test',
    run_id: 'a b/c',
  }
  const annotations = {
    summary: 'p99 latency is 248.5ms',
    description: 'One in a hundred <commands> took long.',
    runbook_url: 'https://example.org/redis-test-latency-high.md',
  }
  const alert = { status: 'firing', labels, annotations, startsAt: '2026-01-02T03:04:05Z' }
  const group = {
    status: 'firing',
    receiver: 'warning',
    alerts: [alert],
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://localhost:9093',
  }
  const dashboard = 'http://localhost:3000/d/redis-test-overview?var-run_id=a+b%2Fc'

  function render(template: string, data: object = group, type = 'text'): string {
    const path = join(folder, 'data.json')
    writeFileSync(path, JSON.stringify(data))
    return amtool(
      ...[
        'template',
        'render',
        `--template.glob=${join(FOLDER, 'templates/*.tmpl')}`,
        `--template.type=${type}`,
      ],
      ...[`--template.text={{ template "redis_test.${template}" . }}`, `--template.data=${path}`],
    ).replace(/\n$/, '')
  }

  it('title: the summary of one alert, the number of several, and what is over', () => {
    expect(render('title')).toBe('[FIRING warning] p99 latency is 248.5ms')
    expect(render('title', { ...group, alerts: [alert, alert] })).toBe(
      '[FIRING warning] RedisTestLatencyHigh: 2 alerts of run a b/c',
    )
    const resolved = { ...group, status: 'resolved', alerts: [{ ...alert, status: 'resolved' }] }
    expect(render('title', resolved)).toBe('[RESOLVED] p99 latency is 248.5ms')
  })

  it('links: the dashboard of the component, at the run', () => {
    const text = (component: string, run_id?: string): string =>
      render('email.text', { ...group, alerts: [{ ...alert, labels: { ...labels, component, run_id } }] })
    expect(text('redis-test', 'a b/c')).toContain(`Dashboard: ${dashboard}\n`)
    expect(text('redis-server')).toContain('Dashboard: http://localhost:3000/d/redis-test-redis-server\n')
    expect(text('stack')).toContain('Dashboard: http://localhost:3000/d/redis-test-telemetry\n')
  })

  it('Slack: what, description, run, runbook and dashboard', () => {
    expect(render('slack.text').trim()).toBe(
      [
        '*p99 latency is 248.5ms*',
        'One in a hundred <commands> took long.',
        `Run \`a b/c\` · <https://example.org/redis-test-latency-high.md|Runbook> · <${dashboard}|Dashboard>`,
      ].join('\n'),
    )
    expect(render('slack.color')).toBe('warning')
    expect(render('slack.color', { ...group, commonLabels: { ...labels, severity: 'critical' } })).toBe(
      'danger',
    )
    expect(render('slack.color', { ...group, status: 'resolved' })).toBe('good')
  })

  it('PagerDuty: the same as plain text', () => {
    expect(render('pagerduty.alerts').trim()).toBe(
      [
        'p99 latency is 248.5ms',
        'One in a hundred <commands> took long.',
        'Runbook: https://example.org/redis-test-latency-high.md',
        `Dashboard: ${dashboard}`,
      ].join('\n'),
    )
  })

  it('e-mail: the same as HTML, escaped', () => {
    const html = render('email.html', group, 'html')
    expect(html).toContain('<h3 style="margin: 0 0 4px">p99 latency is 248.5ms</h3>')
    expect(html).toContain('One in a hundred &lt;commands&gt; took long.')
    expect(html).toContain('RedisTestLatencyHigh · warning · run a b/c · since 2026-01-02 03:04:05 UTC')
    expect(html).toContain('<a href="https://example.org/redis-test-latency-high.md">Runbook</a>')
    expect(html).toContain(`<a href="${dashboard.replace('+', '&#43;')}">Dashboard</a>`)
  })
})
