import { ackedWritesSettings } from './settings/acked-writes.ts'
import { clientSettings } from './settings/client.ts'
import { familyLoadSettings, familyWorkloadSettings } from './settings/family.ts'
import { identitySettings, outputSettings } from './settings/output.ts'
import { loadSettings } from './settings/load.ts'
import { proxySettings } from './settings/proxy.ts'
import { safetySettings } from './settings/safety.ts'
import { serverSettings } from './settings/server.ts'
import type { Setting } from './settings/setting.ts'
import { targetSettings } from './settings/target.ts'
import { thresholdSettings } from './settings/thresholds.ts'
import { topologySettings } from './settings/topology.ts'
import { tlsSettings } from './settings/tls.ts'
import { workloadSettings } from './settings/workload.ts'
import { telemetrySettings } from './settings/telemetry.ts'

/**
 * Every setting, declared once: its place in a profile and in the plan, its flags, its environment variables, its
 * check, its default and its help. Flags, environment, profile schema, `--print-plan` and the documentation are made
 * from this table.
 */
export const SETTINGS: readonly Setting[] = [
  ...targetSettings,
  ...topologySettings,
  ...tlsSettings,
  ...clientSettings,
  ...loadSettings,
  ...familyLoadSettings,
  ...workloadSettings,
  ...familyWorkloadSettings,
  ...ackedWritesSettings,
  ...thresholdSettings,
  ...safetySettings,
  ...proxySettings,
  ...telemetrySettings,
  ...serverSettings,
  ...identitySettings,
  ...outputSettings,
]

export type { Setting }
