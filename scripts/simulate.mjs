// `npm run simulate -- --seeds 10000`: the load thread in virtual time against a simulated Redis. See docs/simulation.md.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileSimulation, ROOT } from './compile-simulation.mjs'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-simulation-'))
const program = compileSimulation(ROOT, folder)
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = code ?? 1
})
