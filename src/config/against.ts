import { statSync } from 'node:fs'
import { UsageError } from '../model/errors.ts'
import { loadConfigFile } from './config-file.ts'
import { parseOverride } from './override.ts'
import type { FileEntry } from './sources.ts'

/** What the second side of a series has of its own. */
export interface Against {
  readonly settings: ReadonlyMap<string, FileEntry>
  /** A profile of its own. */
  readonly profile: string | undefined
}

const URL_FORM = /^(?:rediss?|unix|(?:rediss?[+-])?sentinels?):\/\//
const FLAG = '--against'

/**
 * Reads what another side is: the URL of another target, a file of settings (as for --config-file), or settings by their
 * names, `client.coalesce_writes=false;load.clients=50`.
 */
export function readAgainst(text: string): Against {
  if (URL_FORM.test(text)) {
    const settings = new Map<string, FileEntry>([
      ['target.url', { input: text, where: FLAG }],
      ['target.embedded', { input: false, where: FLAG }],
    ])
    return { settings, profile: undefined }
  }
  if (isFile(text)) return loadConfigFile(text)
  if (text.includes('=')) return { settings: parseOverride(text, FLAG), profile: undefined }
  throw new UsageError([
    {
      path: FLAG,
      message: `${JSON.stringify(text)} is no URL, no file and no setting`,
      hint: 'give redis://host:port, a file of settings, or load.clients=50',
    },
  ])
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
