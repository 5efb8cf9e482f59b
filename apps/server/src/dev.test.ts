import { expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, until } from '@koyalite/testkit'
import { type DevEvent, watchProject } from './dev'
import { openProject } from './project'

setDefaultTimeout(60_000)

const schema = (field: string) => `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, ${field} }
`

test('what was saved while the project was opened is taken, although nobody watched yet', async () => {
  const files = createProject({ schema: schema('a: { type: string }') })
  const options = { dir: files.dir, mode: 'dev' as const }
  const since = Date.now() + 1000
  const project = await openProject(options)
  const events: DevEvent[] = []
  const watch = (from: number) => watchProject(project, { ...options, since: from }, (event) => events.push(event))
  watch(since).close()
  files.write('schema.yaml', schema('a: { type: string }, b: { type: int, nullable: true }'))
  const watcher = watch(0)
  await until(() => events.length > 0)
  expect(events).toMatchObject([{ type: 'reloaded', file: 'schema.yaml', changes: ['+ posts.b'] }])
  watcher.close()
  await project.close()
  files.remove()
})
