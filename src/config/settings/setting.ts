import type { SecretName } from '../../model/plan.ts'
import type { ValueKind } from '../value-kinds.ts'

export const SETTING_GROUPS = [
  'Target',
  'Topology',
  'TLS',
  'Client',
  'Load',
  'Workload',
  'Thresholds',
  'Safety',
  'Metrics',
  'OpenTelemetry',
  'Profiling',
  'Identity',
  'Log',
  'Output',
] as const

export interface Setting {
  /** Dotted path as a person writes it in a profile. */
  readonly key: string
  /** Dotted path in the plan; the key itself unless the plan has another unit. */
  readonly plan: string
  readonly group: (typeof SETTING_GROUPS)[number]
  /** Long flags without placeholder; the first is shown in `--help`, the others are accepted as well. */
  readonly flags: readonly string[]
  /** Environment variables; the first that is set wins. */
  readonly env: readonly string[]
  readonly kind: ValueKind
  /** In the unit of the plan. */
  readonly default: unknown
  readonly help: string
  /** Whether a profile may set it. Targets, identities and paths are the business of whoever runs it. */
  readonly inProfile: boolean
  /**
   * Replaced by `***` wherever it would be shown. The name of the secret that it is; `holds one`: a secret may be a part
   * of it, as of a URL.
   */
  readonly secret?: SecretName | 'holds one'
  /** The flag may be given several times; what was given arrives with `;` in between. */
  readonly repeatable?: boolean
  /**
   * Set when the plan has no place for it: it only decides other settings, or it becomes a part of the plan that looks
   * different (batches, operations).
   */
  readonly becomes?: 'other settings' | 'another part'
}

/** A setting as a table writes it: what is the same for most is left out. */
export type Draft = Omit<Setting, 'plan' | 'inProfile' | 'group' | 'env' | 'flags'> &
  Partial<Pick<Setting, 'plan' | 'inProfile' | 'env' | 'flags'>>

/** Fills in what most settings of a group have in common. */
export function settingsOf(
  group: Setting['group'],
  drafts: readonly Draft[],
  common: { readonly inProfile: boolean },
): Setting[] {
  return drafts.map((draft) => ({ plan: draft.key, env: [], flags: [], ...common, ...draft, group }))
}
