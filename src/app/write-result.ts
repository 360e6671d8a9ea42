import { closeSync, existsSync, fsyncSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import { makeFolder } from '../telemetry/make-folder.ts'
import { openOutput } from '../telemetry/open-output.ts'

/** Fails before the run, not after it, when the output cannot be written. `path` is the setting that asks for it. */
export function checkWritable(file: string, path = 'output.file'): void {
  if (existsSync(file) && statSync(file).isDirectory())
    throw new UsageError([{ path, message: `${file} is a folder`, hint: 'give the path of a file' }])
  const temporary = temporaryName(file)
  try {
    makeFolder(dirname(file))
    closeSync(openOutput(temporary, 'create'))
    rmSync(temporary, { force: true })
  } catch (error) {
    throw new UsageError([
      {
        path,
        message: `cannot write ${file}: ${systemReason(error)}`,
        hint: 'choose another path',
      },
    ])
  }
}

/** Writes all of it or nothing: to a temporary file beside it, then renamed into place. */
export function writeWhole(file: string, text: string): void {
  const temporary = temporaryName(file)
  try {
    const descriptor = openOutput(temporary, 'create')
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Nobody can have put something there before. */
function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}.tmp`
}
