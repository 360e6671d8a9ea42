/** What a run shows while it goes on. `auto`: live on a terminal, lines elsewhere. */
export const PROGRESS_KINDS = ['auto', 'live', 'lines', 'none'] as const
export type ProgressKind = (typeof PROGRESS_KINDS)[number]
