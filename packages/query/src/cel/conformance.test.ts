import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { CONFORMANCE } from './testing/conformance-cases'
import { openWorld, schemaOf, type World } from './testing/test-world'

let world: World
beforeAll(async () => {
  const schema = schemaOf(`
version: 1
collections:
  things:
    fields: { id: { type: string, primary: true } }
`)
  world = await openWorld(schema, { things: [{ id: 'one' }] })
})
afterAll(() => world.close())

for (const { name, rule, cases } of CONFORMANCE) {
  describe(`${rule} ${name}`, () => {
    test.each(cases)('%s', (source, truth) => {
      expect(world.jsTruths(source, 'things')).toEqual([truth])
      expect(world.sqlTruths(source, 'things')).toEqual([truth])
      // The same once more where nothing is known before the row is read.
      const perRow = `doc.id == '' || (${source})`
      expect(world.sqlTruths(perRow, 'things')).toEqual([truth])
    })
  })
}
