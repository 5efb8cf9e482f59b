import { Database } from 'bun:sqlite'
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { expectStatus } from '@koyalite/testkit'
import { type AdoptionPlace, adoptionPlace, tableHashes } from './testing/adopted-project'

setDefaultTimeout(120_000)

/** Databases that other programs wrote. They come with Debian's packages. */
const SOURCES: readonly {
  readonly name: string
  readonly package: string
  readonly isThere: () => boolean
  readonly write: (path: string) => Promise<void>
}[] = [
  {
    name: 'the coordinate systems of PROJ',
    package: 'proj-data',
    isThere: () => existsSync(PROJ),
    write: async (path) => copyFileSync(PROJ, path),
  },
  {
    name: 'a repository of Fossil',
    package: 'fossil',
    isThere: () => Bun.which('fossil') !== null,
    write: async (path) => {
      const folder = path.slice(0, path.lastIndexOf('/'))
      const child = Bun.spawn(['fossil', 'new', '--admin-user', 'ann', path], {
        env: { ...process.env, USER: 'ann', FOSSIL_HOME: folder },
        stdout: 'ignore',
      })
      expect(await child.exited).toBe(0)
    },
  },
]
const PROJ = '/usr/share/proj/proj.db'

const places: AdoptionPlace[] = []
afterAll(() => {
  for (const place of places) place.remove()
})

test.each(SOURCES.filter(({ isThere }) => isThere()))(
  '$name: what can be represented is served, row for row, and everything stays as it was',
  async (source) => {
    const place = adoptionPlace()
    places.push(place)
    const path = place.file('a.db')
    await source.write(path)
    const { collections, findings } = await place.adopt('a.db')
    const copy = place.project.path('data/koyalite.db')
    const before = tableHashes(path)
    expect(new Map([...tableHashes(copy)].filter(([name]) => before.has(name)))).toEqual(new Map(before))

    using original = new Database(path, { readonly: true })
    const tables = original
      .query(
        `SELECT name, (SELECT count(*) FROM pragma_table_xinfo(t.name) WHERE pk > 0) FROM pragma_table_list AS t WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
      )
      .values() as [string, number][]
    const served = tables.filter(([, keys]) => keys === 1).map(([name]) => name)
    expect(collections.map(({ table }) => table).sort()).toEqual(served.sort())
    expect(collections.length).toBeGreaterThan(2)
    const said = new Map(findings.map(({ subject, message }) => [subject, message]))
    for (const [name, keys] of tables) {
      if (keys !== 1)
        expect(said.get(name)).toContain(keys === 0 ? 'has no primary key' : 'has a composite primary key')
    }
    for (const [name] of original.query(`SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger')`).values())
      expect(said.has(String(name))).toBe(true)

    const schema = Bun.YAML.parse(readFileSync(place.project.path('schema.yaml'), 'utf8')) as {
      collections: Record<string, { fields: Record<string, { primary?: boolean }> }>
    }
    const keyOf = (name: string) =>
      Object.entries(schema.collections[name]?.fields ?? {}).find(([, { primary }]) => primary)?.[0] ?? ''
    await place.serve(async (api) => {
      for (const { name, documents } of collections) {
        let count = 0
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = expectStatus(await api.list(name, { limit: 500, ...(cursor && { cursor }) }), 200)
          count += page.body.docs.length
          cursor = page.body.next_cursor
          const [doc] = page.body.docs
          if (!doc) continue
          const key = encodeURIComponent(String(doc[keyOf(name)]))
          expect((await api.get(`/api/collections/${name}/${key}`)).body).toEqual(doc)
        }
        expect([name, count]).toEqual([name, documents])
      }
    })
    expect(new Map([...tableHashes(copy)].filter(([name]) => before.has(name)))).toEqual(new Map(before))
    using after = new Database(copy, { readonly: true })
    expect(after.query('PRAGMA integrity_check').values()).toEqual(original.query('PRAGMA integrity_check').values())
  },
)
