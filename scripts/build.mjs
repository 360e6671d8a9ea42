// Compiles src/ into a clean dist/ and makes the command executable, so that `npx redis-test` works in a checkout.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const typescript = dirname(require.resolve('typescript/package.json'))

rmSync(join(root, 'dist'), { recursive: true, force: true })
compile('tsconfig.build.json')
compile('src/reports/html/page')
bundlePage(join(root, 'dist/reports/html/page'))
copyFileSync(join(root, 'src/reports/html/page/style.css'), join(root, 'dist/reports/html/page/style.css'))
chmodSync(join(root, 'dist/cli/main.js'), 0o755)

function compile(project) {
  const tsc = join(typescript, 'bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, project)], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * The scripts of the HTML report as the one script of a page that opens from disk, where modules cannot import each other:
 * each after those that it imports, in one function. No two of them may use the same name.
 */
function bundlePage(folder) {
  const seen = new Map()
  visit('main.js')
  const names = [...seen.values()].flatMap((text) =>
    [...text.matchAll(/^(?:async )?(?:function\*?|const|let|class) (\w+)/gm)].map(([, name]) => name),
  )
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0) throw new Error(`scripts of the page have the same names: ${twice.join(', ')}`)
  const script = `'use strict';(() => {\n${[...seen.values()].join('\n')}})()\n`
  // Throws when it is no script.
  void new Script(script)
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
  writeFileSync(join(folder, 'page.js'), script)

  function visit(file) {
    if (seen.has(file)) return
    seen.set(file, '')
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, imported] of text.matchAll(/^import .* from '\.\/(.+)';$/gm)) visit(imported)
    // Again, so that it comes after those that it imports.
    seen.delete(file)
    seen.set(file, text.replaceAll(/^import .*;\n|^export (?:\{\};\n)?/gm, ''))
  }
}
