import { Database } from 'bun:sqlite'

/** What a request caused, besides its response. */
export interface Effects {
  /** The change log: `insert posts`, in the order of the log. */
  readonly changes: readonly string[]
  /** `<template> <recipient>` */
  readonly mails: readonly string[]
  /** `<event> <outcome>`, in the order of the log. */
  readonly audit: readonly string[]
  /** How many rows more, or less, the server's own tables have: sessions, tokens, accounts, keys, …; by their names without `_koyalite_`. */
  readonly rows: Readonly<Record<string, number>>
}

/** What happened since it was opened or last read. Nothing is missed between two reads: late effects are in the next one. */
export interface EffectsReader {
  take(): Effects
  close(): void
}

/** Tables that are read in another way, that background work writes to whenever it likes, or that only say what other processes must not cache. */
const LEFT_OUT = [
  'changes',
  'mails',
  'mail_history',
  'audit',
  'audit_anchor',
  'cursors',
  'meta',
  'forgotten',
  'measurements',
  'key_uses',
]

/** Reads a running server's database, as another process may. */
export function readEffects(databasePath: string): EffectsReader {
  const database = new Database(databasePath, { readonly: true })
  const values = (sql: string, ...params: readonly number[]) => database.query(sql).values(...params)
  let changes = last(values('SELECT max(seq) FROM _koyalite_changes'))
  let audit = last(values('SELECT max(seq) FROM _koyalite_audit'))
  const mails = new Set(values('SELECT id FROM _koyalite_mails').map(([id]) => id))
  let rows = countRows()

  function countRows(): ReadonlyMap<string, number> {
    const names = values(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\\_koyalite\\_%' ESCAPE '\\'",
    )
    return new Map(
      names
        .map(([name]) => String(name).slice('_koyalite_'.length))
        .filter((name) => !LEFT_OUT.includes(name))
        .map((name) => [name, Number(values(`SELECT count(*) FROM "_koyalite_${name}"`)[0]?.[0])]),
    )
  }

  function since(): Effects {
    const logged = values('SELECT seq, op, collection FROM _koyalite_changes WHERE seq > ? ORDER BY seq', changes)
    const audited = values('SELECT seq, event, outcome FROM _koyalite_audit WHERE seq > ? ORDER BY seq', audit)
    const mailed = values('SELECT id, template, recipient FROM _koyalite_mails ORDER BY id').filter(
      ([id]) => !mails.has(id),
    )
    const counted = countRows()
    const effects = {
      changes: logged.map(([, op, collection]) => `${op} ${collection}`),
      mails: mailed.map(([, template, recipient]) => `${template} ${recipient}`),
      audit: audited.map(([, event, outcome]) => `${event} ${outcome}`),
      rows: Object.fromEntries(
        [...counted]
          .map(([name, count]) => [name, count - (rows.get(name) ?? 0)] as const)
          .filter(([, more]) => more !== 0),
      ),
    }
    changes = Number(logged.at(-1)?.[0] ?? changes)
    audit = Number(audited.at(-1)?.[0] ?? audit)
    for (const [id] of mailed) mails.add(id)
    rows = counted
    return effects
  }

  return {
    // Of one moment.
    take: () => database.transaction(since)(),
    close: () => database.close(),
  }
}

const last = (rows: readonly unknown[][]) => Number(rows[0]?.[0] ?? 0)
