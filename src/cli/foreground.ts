import { readFileSync } from 'node:fs'

/**
 * Whether the shell has given us the terminal. Started with `&`, or put there with `bg`, a process that touches the modes of
 * the terminal is stopped for it. Where the system does not say (it is no Linux), we take it that we have it.
 */
export function isInForeground(): boolean {
  try {
    return hasTerminal(readFileSync('/proc/self/stat', 'utf8'))
  } catch {
    return true
  }
}

/** `pid (name) state ppid pgrp session tty tpgid …` of proc(5): whether the group is the one in the foreground. */
export function hasTerminal(stat: string): boolean {
  // The name may hold spaces and parentheses.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === undefined || foreground === undefined || foreground === '-1' || group === foreground
}
