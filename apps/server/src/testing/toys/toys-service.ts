import { admin, defineAdminArea } from '@koyalite/access'
import {
  defineService,
  every,
  type Log,
  type Route,
  route,
  type SettingsOf,
  section,
  type Tasks,
  text,
} from '@koyalite/kernel'
import { consumeChanges, type Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { countToys, TOY_TABLES, toyCount } from './store/toy-count'

const TOY_SETTINGS = { toys: section({ color: text('red', 'Color of new toys') }) }

const TOYS_AREA = defineAdminArea({ name: 'toys', read: 'viewer', write: 'admin', scope: 'admin' })

/** What it needs of the server: parts, ports of earlier services, and what is loaded of the project. */
interface ToyNeeds {
  readonly database: Database
  readonly tasks: Pick<Tasks, 'add'>
  readonly log: Log
  readonly loaded: { readonly settings: SettingsOf<typeof TOY_SETTINGS> }
}

/** As little as a service can be with one of everything: a setting, a table, a task, an area of the admin API, a route, a consumer of changes. */
export const toysService = defineService({
  name: 'toys',
  tables: TOY_TABLES,
  settings: TOY_SETTINGS,
  adminAreas: [TOYS_AREA],
  async open({ database, tasks, log, loaded }: ToyNeeds) {
    let { color } = loaded.settings.toys
    let wound = 0
    const counting = await consumeChanges(database, {
      name: 'toys.count',
      from: 'now',
      collections: ['toys'],
      log,
      handle(changes, advance) {
        const added = changes.filter(({ op }) => op === 'insert').length
        return database.write((tx) => {
          countToys(tx, added)
          advance(tx)
        })
      },
    })
    tasks.add({
      name: 'toys.wind',
      summary: 'Winds the toys up',
      schedule: every(3_600_000),
      run: async () => `wound ${++wound} times`,
    })
    return {
      port: { color: () => color },
      use({ settings }) {
        color = settings.toys.color
      },
      routes: () => [toysRoute(() => ({ color, wound, made: toyCount(database) }))],
      close: () => counting.close(),
    }
  },
})

function toysRoute(read: () => { readonly color: string; readonly wound: number; readonly made: number }): Route {
  return route({
    method: 'GET',
    path: '/api/admin/toys',
    name: 'getToys',
    summary: 'The toys of this server',
    access: admin(TOYS_AREA, 'read'),
    responses: { 200: z.object({ color: z.string(), wound: z.int(), made: z.int() }) },
    handle: read,
  })
}
