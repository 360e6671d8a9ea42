import type { ToxicValue } from '../../model/toxic.ts'
import type { ActiveToxic } from '../toxic-set.ts'
import type { Session } from './session.ts'

/** The `resp_push` toxics of one connection. */
export interface Pushes {
  /** These act on it now; what was not sent yet and may be is sent. */
  refresh(toxics: readonly ActiveToxic[]): void
}

/** Sends each push once, or again and again, from when the client understands it. */
export function createPushes(session: Session, applied: (toxic: ActiveToxic) => void): Pushes {
  const begun = new Map<ActiveToxic, NodeJS.Timeout | undefined>()
  const isWanted = ({ attributes }: ActiveToxic): boolean =>
    session.resp === 3 && (attributes['opted_in'] !== true || session.hasOptedIn)
  const send = (toxic: ActiveToxic): void => {
    if (session.push(toxic.attributes['push'] as readonly ToxicValue[])) applied(toxic)
  }
  return {
    refresh(toxics) {
      for (const [toxic, timer] of begun) {
        if (toxics.includes(toxic)) continue
        clearInterval(timer)
        begun.delete(toxic)
      }
      for (const toxic of toxics) {
        if (toxic.type !== 'resp_push' || begun.has(toxic) || !isWanted(toxic)) continue
        const interval = Number(toxic.attributes['interval'])
        begun.set(toxic, interval > 0 ? setInterval(() => send(toxic), interval) : undefined)
        send(toxic)
      }
    },
  }
}
