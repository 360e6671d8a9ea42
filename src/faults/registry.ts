import type { FaultKind } from '../model/fault-catalogue.ts'
import type { Fault } from '../model/fault.ts'
import { aclChange } from './acl-change.ts'
import { block } from './block.ts'
import { clientKill } from './client-kill.ts'
import { clusterFailover } from './cluster-failover.ts'
import {
  certificateRotation,
  configChange,
  idleTimeout,
  maxclients,
  maxmemory,
  minReplicas,
} from './config-faults.ts'
import { crash } from './crash.ts'
import { failover } from './failover.ts'
import { freeze } from './freeze.ts'
import { http } from './http.ts'
import { passwordRotation } from './password-rotation.ts'
import { pauseClients } from './pause.ts'
import { proxy } from './proxy.ts'
import { roleChange } from './role-change.ts'
import { sentinelFailover } from './sentinel-failover.ts'
import { slotMigration } from './slot-migration.ts'
import { slowReplica } from './slow-replica.ts'
import { socketCut } from './socket-cut.ts'

/** What every fault does. Add one here, and what may be said about it in `model/fault-catalogue/`. */
export const faults = {
  'client-kill': clientKill,
  'socket-cut': socketCut,
  pause: pauseClients,
  block,
  freeze,
  crash,
  'slow-replica': slowReplica,
  failover,
  'sentinel-failover': sentinelFailover,
  'cluster-failover': clusterFailover,
  'slot-migration': slotMigration,
  'role-change': roleChange,
  maxmemory,
  maxclients,
  'min-replicas': minReplicas,
  'idle-timeout': idleTimeout,
  'config-change': configChange,
  'acl-change': aclChange,
  'password-rotation': passwordRotation,
  'certificate-rotation': certificateRotation,
  proxy,
  http,
} satisfies Record<FaultKind, Fault>
