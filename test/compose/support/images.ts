import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianRoot } from './debian-root.ts'
import type { Engine } from './engine.ts'
import { output } from './run.ts'
import { nameOf, type StandIn, standIns, tagOf, DEBIAN_IMAGE } from './stand-ins.ts'
import type { Tools } from './tools.ts'

async function buildOne(tools: Tools, engine: Engine, image: string, standIn: StandIn): Promise<void> {
  const context = join(engine.folder, 'images', image.replaceAll(/[/:]/g, '-'))
  mkdirSync(context, { recursive: true })
  await standIn.prepare?.(context, tagOf(image))
  writeFileSync(join(context, 'Dockerfile'), `${standIn.dockerfile.join('\n')}\n`)
  await output([tools.docker, 'build', '--quiet', '--tag', image, context], {
    env: engine.env,
    limitMillis: 240_000,
  })
}

/** Puts the Debian root into the engine, under a name of ours. */
async function importDebian(tools: Tools, engine: Engine): Promise<void> {
  const imported = `${DEBIAN_IMAGE}-plain`
  const file = await debianRoot(tools)
  await output([tools.docker, 'import', file, imported], { env: engine.env, limitMillis: 240_000 })
  const busybox = 'RUN for name in wget nc; do ln -sf /bin/busybox /usr/local/bin/$name; done'
  await buildOne(tools, engine, DEBIAN_IMAGE, { dockerfile: [`FROM ${imported}`, busybox] })
}

/** Makes local images under exactly these names and tags. */
export async function makeImages(tools: Tools, engine: Engine, images: readonly string[]): Promise<void> {
  await importDebian(tools, engine)
  const known = standIns(tools)
  await Promise.all(
    images.map((image) => {
      const standIn = known[nameOf(image)]
      if (standIn === undefined) throw new Error(`nothing stands in for the image ${image}`)
      return buildOne(tools, engine, image, standIn)
    }),
  )
}
