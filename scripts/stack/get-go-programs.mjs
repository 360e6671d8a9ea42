#!/usr/bin/env node
// Builds programs of the observability stack that no package manager has, from Go modules, for test/stack and
// test/compose: the OpenTelemetry Collector (with its own builder) and Jaeger. Needs `go`, which the environment names or
// PATH has. Prints a line of JSON: {"otelcol": path | null, "jaeger": path | null, "reasons": {…}}. Builds take minutes once; the results
// stay in ${XDG_CACHE_HOME:-~/.cache}/redis-test/stack/bin until a version here changes.
//
//   node scripts/stack/get-go-programs.mjs [--no-build] [otelcol] [jaeger]
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'redis-test', 'stack', 'bin')
const MANIFEST = readFileSync(fileURLToPath(new URL('otelcol-builder.yaml', import.meta.url)), 'utf8')
const BUILDER = 'go.opentelemetry.io/collector/cmd/builder@v0.158.0'

// v1.76.0 of the module is Jaeger 2.13.0: later tags (v2.x) lack the /v2 that Go modules ask for. The module has a
// replace directive, so that `go install` refuses it: a module of our own repeats it.
const JAEGER_MODULE = `module stack/jaeger
go 1.25.4
require github.com/jaegertracing/jaeger v1.76.0
replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
`
const JAEGER_IMPORT = 'package jaeger\n\nimport _ "github.com/jaegertracing/jaeger/cmd/jaeger"\n'

/** By name: what the result depends on, and how to make it in an empty folder; gives the path of the program. */
const PROGRAMS = {
  otelcol: {
    key: MANIFEST + BUILDER,
    build(folder) {
      go(['install', BUILDER], folder, { GOBIN: folder })
      writeFileSync(join(folder, 'manifest.yaml'), MANIFEST)
      run(join(folder, 'builder'), ['--config', 'manifest.yaml'], folder)
      return join(folder, 'build', 'otelcol')
    },
  },
  jaeger: {
    key: JAEGER_MODULE,
    build(folder) {
      writeFileSync(join(folder, 'go.mod'), JAEGER_MODULE)
      writeFileSync(join(folder, 'jaeger.go'), JAEGER_IMPORT)
      const flags = ['-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', 'jaeger']
      go(['build', ...flags, 'github.com/jaegertracing/jaeger/cmd/jaeger'], folder)
      return join(folder, 'jaeger')
    },
  },
}

const say = (text) => process.stderr.write(`redis-test: ${text}\n`)

// Without the version control of the folder, and without C: the programs also run in images that have no C library.
const BUILD_ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' }

function run(command, args, cwd, environment = {}) {
  const tries = [{}, { GONOSUMDB: '*' }]
  let text = ''
  for (const more of tries) {
    const env = { ...process.env, ...BUILD_ENVIRONMENT, ...environment, ...more }
    const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    if (result.status === 0) return
    text = result.error === undefined ? result.stderr : String(result.error)
    // Some module proxies do not pass the checksum database on.
    if (!/sumdb|sum\.golang\.org/.test(text)) break
  }
  const lines = text.split('\n').filter((line) => line !== '' && !line.includes('downloading'))
  throw new Error(lines.slice(-3).join(' · '))
}

const go = (args, cwd, environment) => run(process.env.GO ?? 'go', args, cwd, environment)

/** The path of a program, built if need be (and allowed); throws with the reason when it cannot be had. */
export function getGoProgram(name, { mayBuild = true } = {}) {
  const { key, build } = PROGRAMS[name]
  const digest = createHash('sha256').update(key).digest('hex')
  const program = join(CACHE, name)
  const stamp = `${program}.key`
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return program
  if (!mayBuild) throw new Error(`${name} is not built yet: node scripts/stack/get-go-programs.mjs`)
  if (spawnSync(process.env.GO ?? 'go', ['version']).status !== 0)
    throw new Error(`${name} is built with Go, and there is no go on PATH`)
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), `redis-test-${name}-`))
  try {
    say(`building ${name} from Go modules; this takes minutes, once`)
    const built = build(folder)
    // Across file systems a rename is not possible, and a half-copied program must never be found.
    run('cp', [built, `${program}.new`], folder)
    renameSync(`${program}.new`, program)
    writeFileSync(stamp, digest)
    return program
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function main(args) {
  const names = args.filter((arg) => arg in PROGRAMS)
  const reasons = {}
  const found = {}
  for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
    try {
      found[name] = getGoProgram(name, { mayBuild: !args.includes('--no-build') })
    } catch (error) {
      found[name] = null
      reasons[name] = error.message
      say(`no ${name}: ${error.message}`)
    }
  }
  process.stdout.write(`${JSON.stringify({ ...found, reasons })}\n`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  main(process.argv.slice(2))
