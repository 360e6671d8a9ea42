#!/usr/bin/env node
// Finds a redis-server (or valkey-server), or gets one without asking where that is possible, and prints its path.
// Serves `npm start`, `npm test`, `.ci/run` and `redis-test run --embedded-redis`. What it does goes to stderr.
//
//   1. REDIS_TEST_SERVER_BINARY     2. PATH
//   3. a Docker image, if an engine answers (behind a small wrapper that takes the arguments of redis-server)
//   4. the package manager of the system, as root or with passwordless sudo      5. Homebrew
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const NAMES = ['redis-server', 'valkey-server']
const IMAGE = 'redis:8.2'
const SYSTEM_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/sbin']

/** How to install a server, by package manager; the first whose command exists is used. */
const PACKAGE_MANAGERS = [
  {
    command: 'apt-get',
    // The package redis-server would also start a service on port 6379. redis-tools has the same program under the name
    // redis-check-rdb: it looks at the name it is called by.
    steps: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends', 'redis-tools'],
    ],
    program: 'redis-check-rdb',
  },
  {
    command: 'dnf',
    steps: [['dnf', 'install', '-y', '-q', 'redis']],
    other: [['dnf', 'install', '-y', '-q', 'valkey']],
  },
  { command: 'yum', steps: [['yum', 'install', '-y', '-q', 'redis']] },
  { command: 'apk', steps: [['apk', 'add', '--quiet', 'redis']] },
  { command: 'pacman', steps: [['pacman', '-Sy', '--noconfirm', 'valkey']] },
  { command: 'zypper', steps: [['zypper', '--non-interactive', 'install', 'redis']] },
]

/** Where a wrapper or a link of ours lives. */
const cacheFolder = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'redis-test')
const say = (text) => process.stderr.write(`redis-test: ${text}\n`)

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function findOnPath(name, environment = process.env) {
  const folders = [...(environment.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS, cacheFolder()]
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function findServer(environment = process.env) {
  return NAMES.map((name) => findOnPath(name, environment)).find(Boolean)
}

/** Output goes to stderr: stdout is for the path alone. */
function run([command, ...args], environment = {}) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
  })
  return status === 0
}

function answersQuietly([command, ...args]) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** A wrapper that runs the image and takes the arguments of redis-server; the port is published on 127.0.0.1. */
function getFromDocker() {
  if (findOnPath('docker') === undefined || !answersQuietly(['docker', 'info'])) return undefined
  if (!answersQuietly(['docker', 'image', 'inspect', IMAGE])) {
    say(`getting the Docker image ${IMAGE}`)
    if (!run(['docker', 'pull', '--quiet', IMAGE])) return undefined
  }
  const wrapper = join(cacheFolder(), 'redis-server')
  mkdirSync(cacheFolder(), { recursive: true })
  writeFileSync(wrapper, dockerWrapper())
  chmodSync(wrapper, 0o755)
  say(`using the Docker image ${IMAGE} through ${wrapper}`)
  return wrapper
}

// The files that the arguments name (folder, socket, certificates) are under the temporary folder, which is mounted
// under its own name. The container ends with this process: docker passes SIGTERM on.
function dockerWrapper() {
  return `#!/bin/sh
# Made by redis-test. Runs redis-server in a container with the arguments of redis-server.
port=6379
previous=
for argument in "$@"; do
  if [ "$previous" = --port ] || [ "$previous" = --tls-port ]; then
    if [ "$argument" != 0 ]; then port=$argument; fi
  fi
  previous=$argument
done
temporary=\${TMPDIR:-/tmp}
exec docker run --rm --init -i --user "$(id -u):$(id -g)" -p "127.0.0.1:$port:$port" \\
  -v "$temporary:$temporary" -w / ${IMAGE} redis-server "$@" --bind '* -::*' --protected-mode no
`
}

/** A program under another name, in our cache folder, where the next call finds it. */
function linkProgram(name) {
  const program = name === undefined ? undefined : findOnPath(name)
  if (program === undefined) return undefined
  const link = join(cacheFolder(), 'redis-server')
  mkdirSync(cacheFolder(), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(program, link)
  return link
}

function asRoot() {
  if (process.getuid?.() === 0) return []
  return findOnPath('sudo') !== undefined && answersQuietly(['sudo', '-n', 'true'])
    ? ['sudo', '-n']
    : undefined
}

function getFromPackageManager() {
  const manager = PACKAGE_MANAGERS.find(({ command }) => findOnPath(command) !== undefined)
  const prefix = asRoot()
  if (manager === undefined || prefix === undefined) return undefined
  for (const steps of [manager.steps, manager.other].filter(Boolean)) {
    say(`installing a Redis server: ${steps.map((step) => step.join(' ')).join(' && ')}`)
    const isDone = steps.every((step) => run([...prefix, ...step], { DEBIAN_FRONTEND: 'noninteractive' }))
    if (isDone) return findServer() ?? linkProgram(manager.program)
  }
  return undefined
}

function getFromHomebrew() {
  if (findOnPath('brew') === undefined) return undefined
  say('installing a Redis server: brew install redis')
  return run(['brew', 'install', '--quiet', 'redis']) ? findServer() : undefined
}

/** What a person has to type when nothing could be done without asking. */
function exactCommand() {
  const manager = PACKAGE_MANAGERS.find(({ command }) => findOnPath(command) !== undefined)
  if (manager !== undefined) return `sudo ${manager.steps.map((step) => step.join(' ')).join(' && sudo ')}`
  if (process.platform === 'darwin') return 'brew install redis   (Homebrew: https://brew.sh)'
  return 'install redis-server or valkey-server with the package manager of your system'
}

export function getRedisServer(environment = process.env) {
  const named = environment.REDIS_TEST_SERVER_BINARY
  if (named) {
    if (isExecutable(named)) return named
    say(`REDIS_TEST_SERVER_BINARY is ${named}, which is not an executable file`)
    return undefined
  }
  const found = findServer(environment) ?? getFromDocker() ?? getFromPackageManager() ?? getFromHomebrew()
  if (found === undefined)
    say(`found no redis-server, and cannot get one without asking. Run:\n\n    ${exactCommand()}\n`)
  return found
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = getRedisServer()
  if (path === undefined) process.exit(1)
  process.stdout.write(`${path}\n`)
}
