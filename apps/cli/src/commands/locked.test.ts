import { expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite } from '@koyalite/testkit'

setDefaultTimeout(60_000)

test('commands that meet each other without a server wait for one another', async () => {
  const project = createProject({
    schema: 'version: 1\ncollections:\n  notes:\n    fields:\n      id: { type: int, primary: true }\n',
  })
  const made = await Promise.all(
    Array.from({ length: 4 }, () => runKoyalite(['keys', 'create', '--json', '--dir', project.dir])),
  )
  expect(made.map(({ code, stderr }) => [code, stderr])).toEqual(made.map(() => [0, expect.any(String)]))
  project.remove()
})
