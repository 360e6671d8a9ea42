import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import { makeFolder } from '../telemetry/make-folder.ts'
import { openOutput } from '../telemetry/open-output.ts'

/** Fails before the run, not after it, when the output cannot be written. `path` is the setting that asks for it. */
export function checkWritable(file: string, path = 'output.file'): void {
  const refuse = (message: string, hint: string): never => {
    throw new UsageError([{ path, message, hint }])
  }
  if (look(file, statSync)?.isDirectory() === true) refuse(`${file} is a folder`, 'give the path of a file')
  if (leadsToNoFile(file))
    refuse(
      `${file} is a link to something that is no file of its own`,
      'give the path of a file, or - for standard output',
    )
  try {
    if (isDevice(file)) {
      accessSync(file, constants.W_OK)
      return
    }
    const temporary = temporaryName(file)
    makeFolder(dirname(file))
    closeSync(openOutput(temporary, 'create'))
    rmSync(temporary, { force: true })
  } catch (error) {
    refuse(`cannot write ${file}: ${systemReason(error)}`, 'choose another path')
  }
}

/** Writes all of it or nothing: to a temporary file beside it, then renamed into place. A device stays what it is. */
export function writeWhole(file: string, text: string): void {
  if (isDevice(file)) {
    writeInto(openSync(file, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)), text)
    return
  }
  const temporary = temporaryName(file)
  try {
    makeFolder(dirname(file))
    writeInto(openOutput(temporary, 'create'), text, fsyncSync)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function writeInto(descriptor: number, text: string, finish: (descriptor: number) => void = () => {}): void {
  try {
    writeFileSync(descriptor, text)
    finish(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** `/dev/null`, a named pipe: a file that took its place would be a nasty surprise. */
function isDevice(file: string): boolean {
  const stats = look(file, lstatSync)
  return stats !== undefined && !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink()
}

/** One to a file, or to nothing, is replaced. */
function leadsToNoFile(file: string): boolean {
  if (look(file, lstatSync)?.isSymbolicLink() !== true) return false
  const stats = look(file, statSync)
  return (stats !== undefined && !stats.isFile()) || isDescriptor(file)
}

/** `/dev/stdout`, `/dev/fd/3`: links of the system, also where they lead to a file now. */
function isDescriptor(link: string): boolean {
  return [readlinkSync(link), realpathSync(dirname(link))].some((path) => path.startsWith('/proc/'))
}

/** `undefined` where there is nothing, or nothing that we may see. */
function look(file: string, stat: (file: string) => Stats): Stats | undefined {
  try {
    return stat(file)
  } catch {
    return undefined
  }
}

/** Nobody can have put something there before. */
function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}.tmp`
}
