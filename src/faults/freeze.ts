import type { Fault } from '../model/fault.ts'
import { chooseNodes, LIMIT_MILLIS } from './ask.ts'
import { commandFor, runCommand } from './run-command.ts'

/** SIGSTOP for a server that we started, or the user's own command. */
export const freeze: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const { stop, continue: goOn } = plan.params as { stop?: readonly string[]; continue?: readonly string[] }
  const touches = nodes.map((address) => `process ${address}`)
  if (stop !== undefined && goOn !== undefined)
    return {
      nodes,
      touches,
      undo: nodes.map((address) => ({ do: 'run', argv: commandFor(goOn, address) })),
      async act() {
        await Promise.all(nodes.map((address) => runCommand(commandFor(stop, address))))
        return { connections: 0, detail: stop.join(' ') }
      },
    }
  // Opens the connection over which we look after it later: a frozen server would not let us in.
  await Promise.all(nodes.map((address) => target.deployment.call(address, 'PING', [], LIMIT_MILLIS)))
  const processes = nodes.map((address) =>
    ownProcess(target.processOf(address), address, 'stop and continue'),
  )
  return {
    nodes,
    touches,
    undo: processes.map(({ pid, born }) => ({ do: 'continue', pid, born })),
    act() {
      for (const process of processes) process.signal('SIGSTOP')
      return Promise.resolve({
        connections: 0,
        detail: `SIGSTOP for ${processes.map(({ pid }) => pid).join(', ')}`,
      })
    },
  }
}

/** The process, or an error that says what would help. */
export function ownProcess<Process>(
  process: Process | undefined,
  address: string,
  commands: string,
): Process {
  if (process !== undefined) return process
  throw new Error(`${address} was not started by this run: give ${commands}`)
}
