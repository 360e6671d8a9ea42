import { constants, openSync } from 'node:fs'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants
/** Results and journals name servers, users and keys: they are for whoever ran the test. */
const OWN = 0o600

const FLAGS = { replace: O_TRUNC, append: O_APPEND, create: O_EXCL }

/**
 * Opens a file to write a result, a journal or a log into. Never through a symbolic link: in a folder that others may
 * write to it could lead anywhere (`ELOOP`). `create`: it must not be there yet.
 */
export function openOutput(file: string, how: keyof typeof FLAGS): number {
  // Windows has no such flag, and no such links for everybody.
  return openSync(file, O_WRONLY | O_CREAT | FLAGS[how] | (O_NOFOLLOW ?? 0), OWN)
}
