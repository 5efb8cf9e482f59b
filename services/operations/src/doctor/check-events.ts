import type { OperationsContext } from '../operations-context'
import { type Finding, ok, problem, some } from './finding'

/** Subscribers are given events within milliseconds, unless they fail to take one. */
const LATE_MS = 5 * 60_000

/** Null where nobody subscribes to events. */
export function checkEvents({ events }: Pick<OperationsContext, 'events'>): Finding | null {
  const check = 'events'
  const subscribers = events.health()
  if (subscribers.length === 0) return null
  const late = subscribers.filter(({ failing, lagMs }) => lagMs > LATE_MS && failing === null)
  const failing = subscribers.flatMap(({ name, failing: event }) =>
    event === null ? [] : [`${name} (${event.error})`],
  )
  if (failing.length > 0) {
    return problem(
      check,
      `events cannot be delivered: ${some(failing, 3)}`,
      'Nothing after them is delivered to these subscribers before they are. They are tried again at least once a minute.',
    )
  }
  const setAside = subscribers.filter((one) => one.setAside > 0).map((one) => `${one.name}: ${one.setAside}`)
  if (setAside.length > 0) {
    return problem(
      check,
      `events could not be delivered and are set aside: ${some(setAside, 3)}`,
      "The log of the server has the errors. They are delivered again when the server starts: update it, or report the error if it is the server's.",
    )
  }
  if (late.length === 0) return ok(check, `${subscribers.map(({ name }) => name).join(', ')}: up to date`)
  const behind = late.map(
    ({ name, lagMs, pending }) => `${name}: ${pending} changes, ${Math.round(lagMs / 60_000)} minutes`,
  )
  return problem(
    check,
    `subscribers of events are behind: ${some(behind, 3)}`,
    'Where the server has just been started, or much was imported, wait. Otherwise the log of the server says why.',
  )
}
