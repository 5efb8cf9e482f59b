import { describe, expect, setSystemTime, test } from 'bun:test'
import { act, Component, createElement as h, type ReactNode, StrictMode, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { KoyaError } from '../koya-error'
import { type QueryOptions, useInfiniteQuery, useKoyaQuery, useMutation, useQuery, useSuspenseQuery } from './index'
import { memoryQueries } from './testing/memory-query'
import { useDom } from './testing/render'

const dom = useDom()

describe('useQuery', () => {
  test('components that build equal queries in render share one subscription, also in Strict Mode', async () => {
    const { query } = memoryQueries<string>()
    let renders = 0
    function Row() {
      renders++
      const { data, status, isLive } = useQuery(query('todos'))
      return `${status} ${isLive} ${data?.join() ?? '-'};`
    }
    const rows = (count: number) =>
      h(
        StrictMode,
        null,
        Array.from({ length: count }, (_, i) => h(Row, { key: i })),
      )
    const page = await dom.mount(rows(30))
    expect(page.text()).toBe('loading false -;'.repeat(30))
    await act(async () => query('todos').show(['a']))
    expect(page.text()).toBe('ready true a;'.repeat(30))
    expect([query('todos').listeners, query('todos').gets]).toEqual([30, 0])
    renders = 0
    await act(async () => query('todos').show(['a', 'b']))
    // Strict Mode renders twice.
    expect(renders).toBe(60)
    for (let i = 0; i < 10; i++) {
      await page.render(rows(0))
      await page.render(rows(30))
    }
    expect(page.text()).toBe('ready true a,b;'.repeat(30))
    await page.unmount()
    expect(query('todos').listeners).toBe(0)
    expect(dom.warnings()).toEqual([])
  })

  test('another query begins without data, or with those of the one before it if asked', async () => {
    const { query } = memoryQueries<string>()
    function List({ name, keepPrevious = false }: { readonly name: string | null; readonly keepPrevious?: boolean }) {
      const { data, status, isPrevious } = useQuery(name === null ? null : query(name), { keepPrevious })
      return `${status} ${data?.join()} ${isPrevious}`
    }
    query('a').show(['1'])
    const page = await dom.mount(h(List, { name: 'a' }))
    expect(page.text()).toBe('ready 1 false')
    await page.render(h(List, { name: 'b' }))
    expect(page.text()).toBe('loading undefined false')
    await page.render(h(List, { name: null }))
    expect(page.text()).toBe('idle undefined false')
    await page.render(h(List, { name: 'a', keepPrevious: true }))
    await page.render(h(List, { name: 'b', keepPrevious: true }))
    expect(page.text()).toBe('ready 1 true')
    await act(async () => query('b').show(['2']))
    expect(page.text()).toBe('ready 2 false')
    expect([query('a').listeners, query('b').listeners]).toEqual([0, 1])
  })

  test('a query that is refused says why, and keeps what it had', async () => {
    const { query } = memoryQueries<string>()
    const results: unknown[] = []
    function List() {
      const result = useQuery(query('a'))
      results.push(result)
      return `${result.status} ${result.error?.code}`
    }
    const page = await dom.mount(h(List))
    await act(async () => query('a').fail(refusal))
    expect(page.text()).toBe('error FORBIDDEN')
    await page.render(h(List))
    // The same object as long as nothing has changed: what it is passed to need not render.
    expect(results.at(-1)).toBe(results.at(-2))
  })

  test('renders as loading on a server', () => {
    const { query } = memoryQueries<string>()
    const List = () => useKoyaQuery(query('a')).status
    expect(renderToString(h(List))).toBe('loading')
    expect(query('a').starts).toBe(0)
  })
})

describe('useQuery, read once', () => {
  const once: QueryOptions = { live: false }

  test('is one request for all components of a moment', async () => {
    const { query, changeUser } = memoryQueries<string>()
    const Row = () => useQuery(query('a'), once).data?.join() ?? '-'
    const rows = h(StrictMode, null, h(Row, { key: 1 }), h(Row, { key: 2 }))
    const page = await dom.mount(rows)
    expect([page.text(), query('a').gets, query('a').starts]).toEqual(['--', 1, 0])
    await act(async () => query('a').show(['x']))
    expect(page.text()).toBe('xx')
    await page.unmount()
    const soon = await dom.mount(rows)
    expect([soon.text(), query('a').gets]).toEqual(['xx', 1])
    await soon.unmount()
    setSystemTime(Date.now() + 1001)
    try {
      const later = await dom.mount(rows)
      expect([later.text(), query('a').gets]).toEqual(['--', 2])
      await act(async () => query('a').show(['y']))
      expect(later.text()).toBe('yy')
      await act(async () => changeUser())
      expect([later.text(), query('a').gets]).toEqual(['--', 3])
    } finally {
      setSystemTime()
    }
  })
})

describe('useSuspenseQuery', () => {
  class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: KoyaError | null }> {
    override state = { error: null as KoyaError | null }
    static getDerivedStateFromError = (error: KoyaError) => ({ error })
    override render() {
      const retry = () => this.setState({ error: null })
      return this.state.error
        ? h('button', { type: 'button', onClick: retry }, this.state.error.code)
        : this.props.children
    }
  }
  function page(query: (key: string) => ReturnType<ReturnType<typeof memoryQueries<string>>['query']>, live: boolean) {
    const List = () => useSuspenseQuery(query('a'), { live }).data.join()
    return h(StrictMode, null, h(Boundary, null, h(Suspense, { fallback: 'waiting' }, h(List), h(List))))
  }

  for (const live of [true, false]) {
    test(`waits once, for all components (live: ${live})`, async () => {
      const { query } = memoryQueries<string>()
      const shown = await dom.mount(page(query, live))
      expect([shown.text(), query('a').starts, query('a').gets]).toEqual(['waiting', live ? 1 : 0, live ? 0 : 1])
      await act(async () => query('a').show(['x']))
      expect([shown.text(), query('a').starts, query('a').gets]).toEqual(['xx', live ? 1 : 0, live ? 0 : 1])
      expect(dom.warnings()).toEqual([])
    })
  }

  test('errors reach the boundary; once it is reset, the query is asked again', async () => {
    const { query } = memoryQueries<string>()
    const shown = await dom.mount(page(query, false))
    await act(async () => query('a').fail(refusal))
    expect(shown.text()).toBe('FORBIDDEN')
    await act(async () => Bun.sleep(0))
    await shown.click()
    expect([shown.text(), query('a').gets]).toEqual(['waiting', 2])
    await act(async () => query('a').show(['x']))
    expect(shown.text()).toBe('xx')
    dom.warnings()
  })
})

describe('useInfiniteQuery', () => {
  test('shows more of one list, and what changes in it', async () => {
    const { query } = memoryQueries<number>()
    let more = () => {}
    function List({ name = 'a' }) {
      const { data, hasMore, isLoadingMore, loadMore, status } = useInfiniteQuery(query(name), { pageSize: 2 })
      more = loadMore
      return `${status} ${data?.join()} ${hasMore} ${isLoadingMore}`
    }
    const page = await dom.mount(h(List))
    expect(page.text()).toBe('loading undefined false false')
    await act(async () => query('a limit 3').show([1, 2, 3]))
    expect(page.text()).toBe('ready 1,2 true false')
    await act(async () => more())
    await act(async () => more())
    expect(page.text()).toBe('ready 1,2,3 false true')
    await act(async () => query('a limit 5').show([0, 1, 2, 3]))
    expect(page.text()).toBe('ready 0,1,2,3 false false')
    await page.render(h(List, { name: 'b' }))
    expect(page.text()).toBe('loading undefined false false')
    expect(query('b limit 3').listeners).toBe(1)
  })
})

describe('useMutation', () => {
  test('shows the last of several calls', async () => {
    const calls: PromiseWithResolvers<string>[] = []
    let mutation: ReturnType<typeof useMutation<[string], string>> | undefined
    const functions = new Set<unknown>()
    function Form() {
      mutation = useMutation((_text: string) => {
        const call = Promise.withResolvers<string>()
        calls.push(call)
        return call.promise
      })
      functions.add(mutation.mutate)
      return `${mutation.pending} ${mutation.data} ${mutation.error?.code}`
    }
    const page = await dom.mount(h(StrictMode, null, h(Form)))
    expect(page.text()).toBe('false undefined undefined')
    await act(async () => mutation?.mutate('a'))
    await act(async () => mutation?.mutate('b'))
    await act(async () => calls[0]?.resolve('A'))
    expect(page.text()).toBe('true undefined undefined')
    await act(async () => calls[1]?.reject(refusal))
    expect(page.text()).toBe('false undefined FORBIDDEN')
    const returned = await act(async () => {
      const promise = mutation?.mutateAsync('c')
      calls[2]?.resolve('C')
      return promise
    })
    expect([returned, page.text()]).toEqual(['C', 'false C undefined'])
    await act(async () => mutation?.reset())
    expect(page.text()).toBe('false undefined undefined')
    await page.unmount()
    expect(functions.size).toBeLessThan(3)
    expect(dom.warnings()).toEqual([])
  })
})

const refusal = new KoyaError('FORBIDDEN', 'not yours', { status: 403 })
