/**
 * Names of what the plan must not hold. To add a secret: its name here, and `secret:` with this name in its setting.
 * Everything else follows: it never gets into a plan, and every output hides it.
 */
export const SECRET_NAMES = ['password', 'sentinelPassword', 'tlsKeyPassphrase'] as const
export type SecretName = (typeof SECRET_NAMES)[number]

/** What the plan must not hold. Handed to the parts that need it, and to all outputs, which replace it with `***`. */
export type Secrets = Readonly<Record<SecretName, string | null>>
