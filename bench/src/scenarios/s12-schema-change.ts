import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadChat } from '../chat-data'
import { CHAT_SCHEMA } from '../chat-project'
import { type RunningPeer, startPeer } from '../peers'
import type { Cell, Scenario } from '../scenario'
import { figureBound } from '../target'

const CELL = 'a field more'
/** Longer than anybody would wait for it. */
const GIVE_UP_MS = 10_000
/** After which the new field is put into the schema; both collections of messages get it. */
const LAST_FIELD = '      created_at: { type: timestamp, default: now }\n'

/** With these, the project has 50 collections. */
const MORE_COLLECTIONS = Array.from(
  { length: 45 },
  (_, n) => `  archive_${n}:
    fields:
      id:      { type: uuid, primary: true, default: auto }
      author:  { type: uuid, references: users.id, nullable: true }
      room_id: { type: uuid, references: rooms.id, nullable: true }
${['text', 'int', 'float', 'bool', 'timestamp', 'date', 'json']
  .map((type) => `      a_${type}: { type: ${type}, nullable: true }\n`)
  .join('')}`,
).join('')
/** Files of clients that a new field of a message is in. */
const CLIENT_FILES = [
  'generated/koyalite/messages.ts',
  'generated/go/koyalite/messages.go',
  'generated/python/koyalite/messages.py',
]

/**
 * A field is added to schema.yaml under `koyalite dev`: how soon the tables have it, the API serves and describes it, and the generated
 * clients of all languages know it.
 */
export const SCHEMA_CHANGE: Scenario = {
  id: 'S12',
  title: 'schema.yaml saved under `koyalite dev` until the new field is served, in the OpenAPI document and in clients',
  note: 'The schema has 50 collections; clients are in TypeScript, Go and Python.',
  targets: [figureBound(CELL, 'in OpenAPI ms', { below: 500 }), figureBound(CELL, 'in clients ms', { below: 500 })],
  async run(peers, options) {
    const dev = peers.find(({ kind }) => kind === 'koyalite')?.serving?.('koyalite', ['dev'])
    if (dev === undefined) return []
    const running = await startPeer(dev)
    try {
      await loadChat(running, options.quick ? 1_000 : 10_000, ['announcements', 'messages'])
      await addField(running, 0)
      Bun.spawnSync([...(running.peer.generateCommand?.(running.dataFolder) ?? [])])
      const cells: Cell[] = []
      for (let repetition = 0; repetition < options.repetitions; repetition++)
        cells.push({ cell: CELL, peer: 'koyalite', repetition, result: await addField(running, repetition + 1) })
      return cells
    } finally {
      await running.stop()
    }
  },
}

async function addField(running: RunningPeer, number: number): Promise<Cell['result']> {
  const names = Array.from({ length: number + 1 }, (_, n) => `added_${n}`)
  const added = names.map((name) => `      ${name}: { type: int, default: 7 }\n`).join('')
  const name = names.at(-1) ?? ''
  const schema = readFileSync(CHAT_SCHEMA, 'utf8').replace(LAST_FIELD, LAST_FIELD + added) + MORE_COLLECTIONS
  const started = performance.now()
  writeFileSync(join(running.dataFolder, 'schema.yaml'), schema)
  const served = await until(() =>
    responses(running, `/api/collections/announcements?limit=1&fields=${name}`, `"${name}":7`),
  )
  const described = await until(() => responses(running, '/api/openapi.json', `"${name}"`))
  const files = CLIENT_FILES.map((file) => join(running.dataFolder, file)).filter((file) => existsSync(file))
  const generated = await until(async () => files.every((file) => readFileSync(file, 'utf8').includes(name)))
  return {
    measured: { 'served ms': served, 'in OpenAPI ms': described, 'in clients ms': generated },
    failures: Math.max(served, described, generated) > GIVE_UP_MS ? { [`${name} did not come`]: 1 } : {},
  }

  async function until(isThere: () => Promise<boolean>): Promise<number> {
    while (performance.now() - started <= GIVE_UP_MS && !(await isThere())) await Bun.sleep(2)
    return performance.now() - started
  }
}

async function responses({ port }: RunningPeer, path: string, expected: string): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return (await response.text()).includes(expected) && response.ok
}
