// Compiles test/simulation, and what it runs of src/, into a folder of its own: Node.js 20 does not run TypeScript.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
const modules = dirname(dirname(require.resolve('typescript/package.json')))

/** `source`: a checkout, or a copy of its src/ and test/. Returns the program to start. */
export function compileSimulation(source, folder) {
  const out = join(folder, 'out')
  mkdirSync(out, { recursive: true })
  copyFileSync(join(ROOT, 'package.json'), join(out, 'package.json'))
  try {
    symlinkSync(modules, join(out, 'node_modules'))
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const config = join(folder, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.build.json'),
      // Types are checked by `npm run typecheck`; here they would only take time.
      compilerOptions: { rootDir: source, outDir: out, noCheck: true, types: [] },
      files: [join(source, 'test/simulation/run.ts')],
      include: [],
    }),
  )
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`tsc: ${stdout}`)
  return join(out, 'test/simulation/run.js')
}
