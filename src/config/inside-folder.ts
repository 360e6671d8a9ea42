import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'

/**
 * Where a path that stands in a profile leads, or why it may not lead there: a profile may come from anybody, and names
 * nothing outside of its own folder, not even through a symbolic link.
 */
export function insideFolder(
  folder: string,
  path: string,
): { readonly path: string } | { readonly problem: string } {
  if (isAbsolute(path)) return { problem: 'leads out of the folder of the profile: give a relative path' }
  const found = join(folder, path)
  if (isOutside(folder, found) || isOutside(realOf(folder), realOf(found)))
    return { problem: 'leads out of the folder of the profile' }
  return { path: found }
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

/** As it is when there is nothing: whoever reads it says so. */
function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
