import { describe, expect, test } from 'bun:test'
import { text } from '../config/options'
import { defineService } from './service'
import { listServices } from './service-list'

interface Parts {
  readonly note: (event: string) => void
}

type Base = { readonly schema: string }

const empty = () => listServices<Parts, Parts, Base, Record<never, never>>({})

/** Notes what becomes of it. */
const noting = <const Name extends string>(name: Name) =>
  defineService({
    name,
    open({ note, loaded }: Parts & { readonly loaded: Base }) {
      note(`open ${name} ${loaded.schema}`)
      return {
        port: { name },
        use: ({ schema }) => note(`use ${name} ${schema}`),
        drain: () => note(`drain ${name}`),
        close: () => note(`close ${name}`),
      }
    },
  })

function notes() {
  const events: string[] = []
  return { events, parts: { note: (event: string) => void events.push(event) } }
}

describe('services', () => {
  test('are opened and used in order, drained and closed in reverse', async () => {
    const { events, parts } = notes()
    const services = await empty()
      .everywhere(noting('a'))
      .primary(noting('b'))
      .open(parts, { schema: '1', settings: {} })
    services.use({ schema: '2', settings: {} })
    services.drain()
    await services.close()
    expect(events).toEqual(['open a 1', 'open b 1', 'use a 2', 'use b 2', 'drain b', 'drain a', 'close b', 'close a'])
  })

  test('get the ports of those before them', async () => {
    const last = defineService({
      name: 'last',
      open: ({ a, b }: { readonly a: { readonly name: string }; readonly b: { readonly name: string } }) => ({
        port: a.name + b.name,
      }),
    })
    const list = empty().everywhere(noting('a')).primary(noting('b')).primary(last)
    const { ports } = await list.open(notes().parts, { schema: '', settings: {} })
    expect(ports.last).toBe('ab')
    // @ts-expect-error a service that is opened before the one that it needs
    expect(empty().primary(last)).toBeDefined()
    // @ts-expect-error a service of every process that needs one of the primary
    expect(empty().everywhere(noting('a')).primary(noting('b')).everywhere(last)).toBeDefined()
  })

  test('in a worker are those of every process', async () => {
    const { events, parts } = notes()
    await empty().everywhere(noting('a')).primary(noting('b')).openInWorker(parts, { schema: '1', settings: {} })
    expect(events).toEqual(['open a 1'])
  })

  test('that are open are closed when one cannot be opened', async () => {
    const { events, parts } = notes()
    const broken = defineService({
      name: 'broken',
      open(): { port: null } {
        throw new Error('no space')
      },
    })
    const opened = empty().everywhere(noting('a')).everywhere(broken).open(parts, { schema: '1', settings: {} })
    expect(await opened.catch((error: unknown) => String(error))).toBe('Error: no space')
    expect(events).toEqual(['open a 1', 'close a'])
  })

  const endingWork = (events: string[]) => ({
    async endWork() {
      events.push('end work')
      await Bun.sleep(5)
      events.push('work has ended')
    },
  })

  test('are closed when what works with them has ended, also where one cannot be opened', async () => {
    const broken = defineService({
      name: 'broken',
      open: (): Promise<{ port: null }> => Promise.reject(new Error('no space')),
    })
    const list = empty().everywhere(noting('a')).everywhere(noting('b'))
    const half = notes()
    const opened = list.everywhere(broken).open(half.parts, { schema: '1', settings: {} }, endingWork(half.events))
    expect(await opened.catch((error: unknown) => String(error))).toBe('Error: no space')
    const whole = notes()
    const services = await list.open(whole.parts, { schema: '1', settings: {} }, endingWork(whole.events))
    await services.close()
    for (const { events } of [half, whole])
      expect(events).toEqual(['open a 1', 'open b 1', 'end work', 'work has ended', 'close b', 'close a'])
  })

  test('are closed where what works with them cannot be ended', async () => {
    const { events, parts } = notes()
    const endWork = () => Promise.reject(new Error('still busy'))
    const services = await empty().everywhere(noting('a')).open(parts, { schema: '1', settings: {} }, { endWork })
    expect(await services.close().catch((error: unknown) => String(error))).toBe('Error: still busy')
    expect(events).toEqual(['open a 1', 'close a'])
  })

  test('are all closed, whatever fails', async () => {
    const { events, parts } = notes()
    const failing = defineService({
      name: 'failing',
      open: () => ({ port: null, close: () => Promise.reject(new Error('still busy')) }),
    })
    const services = await empty()
      .everywhere(noting('a'))
      .everywhere(failing)
      .open(parts, { schema: '1', settings: {} })
    expect(await services.close().catch((error: unknown) => String(error))).toBe('Error: still busy')
    expect(events).toEqual(['open a 1', 'close a'])
  })

  test('are all drained, whatever fails', async () => {
    const { events, parts } = notes()
    const failing = defineService({
      name: 'failing',
      open: () => ({
        port: null,
        drain() {
          throw new Error('still busy')
        },
      }),
    })
    const services = await empty()
      .everywhere(noting('a'))
      .everywhere(failing)
      .open(parts, { schema: '1', settings: {} })
    expect(() => services.drain()).toThrow('still busy')
    expect(events).toEqual(['open a 1', 'drain a'])
  })

  test('do not take the name of a part of the server', async () => {
    const { events, parts } = notes()
    const opened = empty()
      .everywhere(noting('a'))
      .everywhere(noting('note'))
      .open(parts as never, { schema: '1', settings: {} })
    expect(await opened.catch((error: unknown) => String(error))).toContain('the service note is named like a part')
    expect(events).toEqual(['open a 1', 'close a'])
  })

  test('have tables under their own name', () => {
    const copied = defineService({
      name: 'copied',
      tables: { service: 'original', steps: [] },
      open: () => ({ port: null }),
    })
    expect(() => empty().everywhere(copied)).toThrow('the tables of the service copied are those of original')
  })

  test('have names and sections of their own', () => {
    const settings = { color: text('red', 'Color') }
    const first = defineService({ name: 'first', settings, open: () => ({ port: null }) })
    const second = defineService({ name: 'second', settings, open: () => ({ port: null }) })
    expect(() => empty().everywhere(first).everywhere(first)).toThrow('two services named first')
    expect(() => empty().everywhere(first).everywhere(second).settings).toThrow(
      'the service second declares the section color again',
    )
  })
})
