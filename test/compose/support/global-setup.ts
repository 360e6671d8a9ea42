import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { makeCheckout } from './checkout.ts'
import { type Engine, startEngine } from './engine.ts'
import { makeImages } from './images.ts'
import { readNeeds, type Stack, writeOverride } from './project.ts'
import { output } from './run.ts'
import { findTools, type Tools } from './tools.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    stack: Stack | undefined
    skipReason: string | undefined
  }
}

const isRequired = process.env.REDIS_TEST_COMPOSE_REQUIRED === '1'
const say = (text: string) => process.stderr.write(`test:compose: ${text}\n`)

async function prepare(tools: Tools, engine: Engine): Promise<Stack> {
  const started = performance.now()
  const took = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
  const checkout = await makeCheckout(join(engine.folder, 'checkout'))
  const { images, leftOut, file } = readNeeds(tools, checkout)
  const override = join(engine.folder, 'override.yml')
  writeOverride(override, file.version, Object.keys(leftOut))
  for (const [service, reason] of Object.entries(leftOut)) say(`without ${service} (${reason})`)
  await makeImages(tools, engine, images)
  say(`${images.length} images made in ${took()}: ${images.join(', ')}`)
  // The Dockerfile's build argument, whose default is the public registry.
  const NPM_CONFIG_REGISTRY = await output(['npm', 'config', 'get', 'registry'])
  const { docker, compose } = tools
  return { docker, compose, env: { ...engine.env, NPM_CONFIG_REGISTRY }, checkout, override, leftOut }
}

/** Starts the engine and makes the images, once for all files; what comes back takes everything down again. */
export async function setup(project: TestProject): Promise<(() => void) | undefined> {
  const skip = (reason: string) => {
    if (isRequired) throw new Error(reason)
    say(`SKIPPED: ${reason}`)
    project.provide('skipReason', reason)
    project.provide('stack', undefined)
    return undefined
  }
  const tools = await findTools()
  if (typeof tools === 'string') return skip(tools)
  if (tools.collector.path === undefined) return skip(tools.collector.reason)
  if (tools.jaeger.path === undefined && isRequired) throw new Error(tools.jaeger.reason)
  let engine: Engine
  try {
    engine = await startEngine(tools)
  } catch (error) {
    return skip((error as Error).message)
  }
  // Also when vitest ends without a teardown: Ctrl-C, or an error of its own.
  const onExit = () => engine.stop()
  process.once('exit', onExit)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
  try {
    project.provide('stack', await prepare(tools, engine))
    project.provide('skipReason', undefined)
  } catch (error) {
    engine.stop()
    throw error
  }
  return () => {
    engine.stop()
    process.off('exit', onExit)
  }
}
