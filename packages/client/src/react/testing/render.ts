import { afterAll, afterEach, beforeAll } from 'bun:test'
import { Window } from 'happy-dom'
import { act, type ReactNode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'

export interface Rendered {
  /** What is on the page, as text. */
  text(): string
  render(node: ReactNode): Promise<void>
  /** Clicks the only button. */
  click(): Promise<void>
  unmount(): Promise<void>
}

const GLOBALS = ['window', 'document', 'IS_REACT_ACT_ENVIRONMENT'] as const

/** A page for React, for the tests of a file: globals of a browser that are gone afterwards. */
export function useDom() {
  const window = new Window()
  const before = new Map<string, unknown>()
  const globals = globalThis as unknown as Record<string, unknown>
  const roots: Root[] = []
  const warnings: string[] = []
  const { error } = console

  beforeAll(() => {
    for (const name of GLOBALS) before.set(name, globals[name])
    Object.assign(globals, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true })
    console.error = (...args: unknown[]) => {
      const text = args.map(String).join(' ')
      // What comes from a server does not wait for `act`.
      if (!text.includes('act(')) warnings.push(text)
    }
  })
  afterEach(async () => {
    for (const root of roots.splice(0)) await act(async () => root.unmount())
  })
  afterAll(() => {
    console.error = error
    for (const [name, value] of before) {
      if (value === undefined) delete globals[name]
      else globals[name] = value
    }
  })

  function element() {
    const container = window.document.createElement('div')
    window.document.body.append(container)
    return container
  }

  function rendered(container: ReturnType<typeof element>, root: Root): Rendered {
    roots.push(root)
    return {
      text: () => container.textContent ?? '',
      render: (next) => act(async () => root.render(next)),
      click: () => act(async () => container.querySelector('button')?.click()),
      unmount: () => act(async () => root.unmount()),
    }
  }

  return {
    window,
    /** What React has said that is wrong; taken away. */
    warnings: () => warnings.splice(0),
    async mount(node: ReactNode): Promise<Rendered> {
      const container = element()
      const root = createRoot(container as never)
      await act(async () => root.render(node))
      return rendered(container, root)
    },
    /** Takes over what a server has rendered. `first` is what stands there before anything else has come. */
    async hydrate(html: string, node: ReactNode): Promise<Rendered & { readonly first: string }> {
      const container = element()
      container.innerHTML = html
      const root = await act(() => hydrateRoot(container as never, node))
      return { ...rendered(container, root), first: container.textContent ?? '' }
    },
  }
}
