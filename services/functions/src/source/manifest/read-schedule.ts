import { DEFAULT_SCHEDULE, type JsonValue, type ScheduleSpec } from '@koyalite/contracts'
import { describe, readChoice } from '@koyalite/schema'
import { type Report, toJson, type YamlEntry } from '@koyalite/yaml'
import { type ReadPart, readParts } from './read-parts'
import { readDuration, readItemText } from './read-value'

const KEYS = ['cron', 'timezone', 'overlap', 'missed', 'jitter', 'payload']

/** A pattern, or a map with it. What patterns and zones there are, the service of schedules says. */
export function readSchedule(entry: YamlEntry, report: Report): ScheduleSpec | undefined {
  const { key, value } = entry
  if (value.kind === 'scalar' && typeof value.value === 'string') return { ...DEFAULT_SCHEDULE, cron: value.value }
  if (value.kind === 'map')
    return readParts(entry, { keys: KEYS, build: (part, noting) => scheduleOf(entry, part, noting) }, report)
  const example = 'a map like { cron: "0 8 * * *", timezone: Europe/Berlin }'
  report(value.position, `'${key}' must be a pattern like "0 8 * * *", or ${example}, not ${describe(value)}`)
  return undefined
}

function scheduleOf({ key, value }: YamlEntry, part: ReadPart, report: Report): ScheduleSpec {
  const text = (entry: YamlEntry) => readItemText(entry.value, () => undefined, report)
  if (value.kind === 'map' && !value.entries.some((entry) => entry.key === 'cron'))
    report(value.position, `'${key}' needs 'cron', like "0 8 * * *"`)
  return {
    cron: part('cron', text) ?? '',
    timezone: part('timezone', text) ?? DEFAULT_SCHEDULE.timezone,
    overlap: part('overlap', (entry) => readChoice(entry, ['skip', 'allow'], report)) ?? DEFAULT_SCHEDULE.overlap,
    missed: part('missed', (entry) => readChoice(entry, ['run_once', 'skip'], report)) ?? DEFAULT_SCHEDULE.missed,
    jitterMs: part('jitter', readDuration) ?? DEFAULT_SCHEDULE.jitterMs,
    payload: part('payload', (entry): JsonValue => toJson(entry.value)) ?? DEFAULT_SCHEDULE.payload,
  }
}
