import type { Fault } from '../model/fault.ts'
import { chooseNodes } from './ask.ts'
import { ownProcess } from './freeze.ts'
import { commandFor, runCommand } from './run-command.ts'

/** SIGKILL for a server that we started, or the user's own command; in the end the server is started again. */
export const crash: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const { command, restart } = plan.params as { command?: readonly string[]; restart?: readonly string[] }
  const touches = nodes.map((address) => `process ${address}`)
  if (command !== undefined && restart !== undefined)
    return {
      nodes,
      touches,
      undo: nodes.map((address) => ({ do: 'run', argv: commandFor(restart, address) })),
      async act() {
        await Promise.all(nodes.map((address) => runCommand(commandFor(command, address))))
        return { connections: 0, detail: command.join(' ') }
      },
    }
  const processes = nodes.map((address) =>
    ownProcess(target.processOf(address), address, 'command and restart'),
  )
  const pids = processes.map(({ pid }) => pid).join(', ')
  return {
    nodes,
    touches,
    undo: [{ do: 'start-embedded' }],
    async act() {
      await Promise.all(processes.map((process) => process.crash()))
      return { connections: 0, detail: `SIGKILL for ${pids}` }
    },
  }
}
