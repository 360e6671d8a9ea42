import type { Argument, Option } from 'commander'

/** What a shell may offer as the value of an option or argument. */
export type Completion =
  | { readonly kind: 'path' | 'profile' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

const completions = new WeakMap<Option | Argument, Completion>()

/** Says what can stand for the value of an option or argument; nothing is known of the others. */
export function completeWith<Part extends Option | Argument>(part: Part, completion: Completion): Part {
  completions.set(part, completion)
  return part
}

export function completionOf(part: Option | Argument): Completion | undefined {
  return completions.get(part)
}
