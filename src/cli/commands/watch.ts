import { Argument, type Command, Option } from 'commander'
import { PROGRESS_KINDS, type ProgressKind } from '../../model/progress-kind.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { screenFor } from '../live-screen.ts'
import type { Terminal } from '../terminal.ts'

/** `redis-test watch URL`: the live view of a run that goes on elsewhere. */
export function addWatchCommand(program: Command, terminal: Terminal): void {
  program
    .command('watch')
    .description('Watch a run that goes on elsewhere, from its /metrics')
    .addArgument(new Argument('<url>', 'http://HOST:PORT/metrics, HOST:PORT, or a port of this machine'))
    .addOption(
      new Option('--progress <kind>', 'live: on the whole terminal; lines: a line a second')
        .choices(PROGRESS_KINDS.filter((kind) => kind !== 'none'))
        .default('auto'),
    )
    .action(async (typed: string, { progress }: { readonly progress: ProgressKind }) => {
      const { metricsUrl } = await import('../../app/scrape-run.ts')
      const { watchRun } = await import('../../app/watch-run.ts')
      const url = metricsUrl(typed)
      let leave = (): void => {}
      const left = new Promise<void>((resolve) => {
        leave = resolve
      })
      const screen = screenFor({ progress, quiet: false }, process.env, () => leave())
      const onSignal = (code: ExitCode) => (): void => {
        terminal.exitCode = code
        leave()
      }
      process.once('SIGINT', onSignal(EXIT.interruptedBySigint))
      for (const signal of ['SIGTERM', 'SIGHUP']) process.once(signal, onSignal(EXIT.interruptedBySigterm))
      const last = await watchRun({ url, screen, stdout: terminal.stdout, left })
      if (last !== undefined) terminal.stdout(`${last}\n`)
    })
}
