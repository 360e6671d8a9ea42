// What can be known about what we depend on: advisories, signatures, the lockfile, install scripts. Exit code 1 when
// something is wrong with them; a registry that does not answer such questions (a mirror) is said, and no failure.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const own = JSON.parse(readFileSync('package.json', 'utf8'))
const problems = []

/**
 * Looked at: pprof picks a native build that only profiling needs, protobufjs prints a hint about versions. Nothing that
 * runs needs either, so `npm ci --ignore-scripts` works as well; our own build is a script (prepare), too.
 */
const MAY_RUN_SCRIPTS = new Set([
  'node_modules/@datadog/pprof',
  'node_modules/@grpc/proto-loader/node_modules/protobufjs',
])

for (const [path, { resolved, integrity, hasInstallScript, link }] of Object.entries(packages)) {
  if (path === '' || link) continue
  if (!(integrity ?? '').startsWith('sha512-')) problems.push(`${path} has no sha512 in the lockfile`)
  // Without an address it is whatever registry is set, and the checksum holds all the same.
  if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
    problems.push(`${path} is from elsewhere: ${resolved}`)
  if (hasInstallScript && !MAY_RUN_SCRIPTS.has(path))
    problems.push(`${path} runs a script when it is installed: look at it`)
}
for (const group of ['dependencies', 'devDependencies'])
  for (const [name, version] of Object.entries(own[group]))
    if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`${name} is not pinned: ${version}`)

function npm(...args) {
  const { stdout, stderr } = spawnSync('npm', args, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  })
  try {
    return { json: JSON.parse(stdout), text: stderr }
  } catch {
    return { json: undefined, text: stderr }
  }
}

const advisories = npm('audit', '--omit=dev', '--json').json?.metadata?.vulnerabilities
if (advisories === undefined)
  console.warn('npm audit: this registry does not tell of advisories; ask one that does')
else if (advisories.total > 0) problems.push(`npm audit: ${JSON.stringify(advisories)}`)
else console.info('npm audit: no advisories')

const signatures = npm('audit', 'signatures', '--json').json
if (signatures?.invalid === undefined)
  console.warn('npm audit signatures: this registry has none; ask one that does')
else if (signatures.invalid.length > 0)
  problems.push(`signatures that are wrong: ${signatures.invalid.map(({ name }) => name).join(', ')}`)
else console.info(`npm audit signatures: none is wrong, ${signatures.missing?.length ?? 0} are missing`)

const sbom = npm('sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev').json
if (sbom?.components === undefined)
  console.warn('npm sbom: could not be made here (node_modules must be a folder of its own)')
else {
  writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(sbom, undefined, 2)}\n`)
  console.info(`dist/sbom.cdx.json: ${sbom.components.length} components`)
}

for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
