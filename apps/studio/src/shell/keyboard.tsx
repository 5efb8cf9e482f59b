import { createContext, type ReactNode, useContext, useEffect, useRef, useSyncExternalStore } from 'react'
import { KEYS, type KeyName } from './keys'
import { isTypedText, matchesKey } from './match-key'

export type KeyHandlers = Partial<Readonly<Record<KeyName, () => void>>>

/** How long after `g` the second key of a chord may come. */
const CHORD_MS = 1500
/** Where a letter is text, or moves within a list. */
const TAKES_LETTERS =
  'input, textarea, select, [contenteditable]:not([contenteditable=false]), [role=grid], [role=menu], [role=listbox], [role=dialog]'

interface Layer {
  readonly handlers: { readonly current: KeyHandlers }
  readonly listed: readonly KeyName[]
}

/** What the keys do at the moment: the component that was mounted last comes first. */
class Keyboard {
  /** Whether single letters do something: operators may switch them off. */
  hasLetters = true
  #layers: readonly Layer[] = []
  #names: readonly KeyName[] = []
  #started: { readonly step: string; readonly at: number } | null = null
  readonly #listeners = new Set<() => void>()

  add(handlers: { readonly current: KeyHandlers }, listed: readonly KeyName[]): () => void {
    const layer = { handlers, listed }
    this.#change([layer, ...this.#layers])
    return () => this.#change(this.#layers.filter((one) => one !== layer))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The keys that do something now. */
  readonly names = (): readonly KeyName[] => this.#names

  readonly press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    const isText = event.target instanceof Element && event.target.closest(TAKES_LETTERS) !== null
    const before = this.#started !== null && event.timeStamp - this.#started.at < CHORD_MS ? this.#started.step : null
    this.#started = null
    for (const { handlers } of this.#layers) {
      for (const [name, run] of Object.entries(handlers.current) as [KeyName, () => void][]) {
        const { keys } = KEYS[name]
        if (isTypedText(keys) && (isText || !this.hasLetters)) continue
        const [first = '', second] = keys.split(' ')
        if (
          second === undefined
            ? before === null && matchesKey(event, first)
            : before === first && matchesKey(event, second)
        ) {
          event.preventDefault()
          run()
          return
        }
        if (second !== undefined && before === null && matchesKey(event, first))
          this.#started = { step: first, at: event.timeStamp }
      }
    }
  }

  #change(layers: readonly Layer[]): void {
    this.#layers = layers
    this.#names = [
      ...new Set(
        layers.flatMap(({ handlers, listed }) => [...(Object.keys(handlers.current) as KeyName[]), ...listed]),
      ),
    ]
    for (const listener of this.#listeners) listener()
  }
}

const Context = createContext<Keyboard | null>(null)

/** Listens to the keys of the page. @param hasLetters whether single letters do something */
export function KeyboardProvider({
  hasLetters,
  children,
}: {
  readonly hasLetters: boolean
  readonly children: ReactNode
}) {
  const keyboard = useRef<Keyboard>(null)
  keyboard.current ??= new Keyboard()
  const { current } = keyboard
  useEffect(() => {
    current.hasLetters = hasLetters
  }, [current, hasLetters])
  useEffect(() => {
    document.addEventListener('keydown', current.press)
    return () => document.removeEventListener('keydown', current.press)
  }, [current])
  return <Context value={current}>{children}</Context>
}

/** Gives keys something to do while the component is shown: `useKeys({ new: open })`. One that cannot do anything now is left out. */
export function useKeys(handlers: KeyHandlers): void {
  const latest = useRef(handlers)
  const keyboard = useKeyboard()
  const names = Object.keys(handlers).join(' ')
  useEffect(() => {
    latest.current = handlers
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: other names are another layer
  useEffect(() => keyboard.add(latest, []), [keyboard, names])
}

/** Lists keys in the sheet that the component listens to itself. */
export function useListedKeys(names: readonly KeyName[]): void {
  const keyboard = useKeyboard()
  const text = names.join(' ')
  useEffect(() => keyboard.add(NO_HANDLERS, text.split(' ') as KeyName[]), [keyboard, text])
}

const NO_HANDLERS = { current: {} }

/** The keys that do something now. */
export function useActiveKeys(): readonly KeyName[] {
  const keyboard = useKeyboard()
  return useSyncExternalStore(keyboard.subscribe, keyboard.names)
}

function useKeyboard(): Keyboard {
  const keyboard = useContext(Context)
  if (keyboard === null) throw new Error('there is no KeyboardProvider above')
  return keyboard
}
