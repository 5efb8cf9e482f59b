import { useState } from 'react'
import { isList, isObject, type Json, parseExact, printExact } from '../exact-json'

export interface JsonTreeProps {
  readonly value: Json
  /** Null where it can only be read. */
  readonly onChange: ((value: Json) => void) | null
}

/** Opened to here; what is longer is shown when it is asked for. */
const OPEN_LEVELS = 2
const SHOWN = 100

export function JsonTree({ value, onChange }: JsonTreeProps) {
  return (
    <ul className="font-mono text-code">
      <Node name={null} value={value} level={0} onChange={onChange} />
    </ul>
  )
}

interface NodeProps extends JsonTreeProps {
  readonly name: string | null
  readonly level: number
}

function Node({ name, value, level, onChange }: NodeProps) {
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS)
  const [shown, setShown] = useState(SHOWN)
  const children = childrenOf(value)
  const label = name !== null && <span className="text-text-2">{name}: </span>
  if (children === null)
    return (
      <li className="flex items-baseline gap-1 py-px pl-4">
        {label}
        <Leaf name={name ?? 'value'} value={value} onChange={onChange} />
      </li>
    )
  const change = (at: string, next: Json) => onChange?.(withChild(value, at, next))
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="rounded-mark px-1 text-left hover:bg-sunken"
      >
        <span aria-hidden="true" className="inline-block w-3 text-text-3">
          {isOpen ? '▾' : '▸'}
        </span>
        {label}
        <span className="text-text-3">{summaryOf(value, children.length)}</span>
      </button>
      {isOpen && (
        <ul className="ml-2 border-l border-line pl-2">
          {children.slice(0, shown).map(([at, child]) => (
            <Node
              key={at}
              name={at}
              value={child}
              level={level + 1}
              onChange={onChange === null ? null : (next) => change(at, next)}
            />
          ))}
          {children.length > shown && (
            <li>
              <button type="button" className="px-4 text-link" onClick={() => setShown(shown + SHOWN)}>
                {(children.length - shown).toLocaleString('en')} more
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  )
}

/** Typed as JSON; what is not JSON is a text. */
function Leaf({ name, value, onChange }: JsonTreeProps & { readonly name: string }) {
  const text = printExact(value)
  const [typed, setTyped] = useState(text)
  const [shown, setShown] = useState(text)
  if (shown !== text) {
    setShown(text)
    setTyped(text)
  }
  if (onChange === null) return <span className="break-all">{text}</span>
  function commit(): void {
    const next = jsonOrText(typed)
    if (printExact(next) === text) setTyped(text)
    else onChange?.(next)
  }
  return (
    <input
      aria-label={name}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setTyped(text)
      }}
      className="min-w-0 flex-1 rounded-mark bg-transparent px-1 hover:bg-sunken"
    />
  )
}

function jsonOrText(typed: string): Json {
  try {
    return parseExact(typed)
  } catch {
    return typed
  }
}

function childrenOf(value: Json): readonly (readonly [string, Json])[] | null {
  if (isList(value)) return value.map((item, at) => [String(at), item])
  return isObject(value) ? Object.entries(value) : null
}

function summaryOf(value: Json, count: number): string {
  const [one, many] = isList(value) ? ['item', 'items'] : ['name', 'names']
  return `${isList(value) ? '[' : '{'} ${count.toLocaleString('en')} ${count === 1 ? one : many} ${isList(value) ? ']' : '}'}`
}

function withChild(value: Json, at: string, child: Json): Json {
  if (isList(value)) return value.map((item, index) => (String(index) === at ? child : item))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === at ? child : one]))
}
