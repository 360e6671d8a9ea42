import type { Fault } from '../model/fault.ts'
import type { FaultParameters } from '../model/fault-catalogue/fault-spec.ts'
import { chooseNodes } from './ask.ts'
import { changeConfig, type ConfigValues } from './change-config.ts'

/** A fault that is nothing but other values of settings for a while. */
function configFault(valuesOf: (params: FaultParameters) => ConfigValues): Fault {
  return async (target, plan, random) =>
    await changeConfig(target, await chooseNodes(target, plan, random), valuesOf(plan.params))
}

export const maxmemory = configFault(({ to, policy }) => ({
  'maxmemory-policy': String(policy),
  maxmemory: String(to),
}))

export const maxclients = configFault(({ to }) => ({ maxclients: String(to) }))

export const minReplicas = configFault(({ to }) => ({ 'min-replicas-to-write': String(to) }))

export const idleTimeout = configFault(({ to }) => ({ timeout: String(Math.ceil(Number(to) / 1000)) }))

export const configChange = configFault(({ name, to }) => ({ [String(name).toLowerCase()]: String(to) }))

export const certificateRotation = configFault(({ cert_file: cert, key_file: key, ca_file: ca }) => ({
  'tls-cert-file': String(cert),
  'tls-key-file': String(key),
  ...(ca === undefined ? {} : { 'tls-ca-cert-file': String(ca) }),
}))
