import {
  acceptCompletion,
  autocompletion,
  type Completion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Annotation, Compartment, EditorState, type Extension, Prec, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder as placeholderOf,
} from '@codemirror/view'
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react'
import type { CodeCompletion, CodeDiagnostic, CodeEditorProps, CodeRange } from './code-editor'
import { CODE_THEME } from './code-theme'
import { loadLanguage, type Tables } from './load-language'

const NO_TABLES: Tables = {}
const NO_DIAGNOSTICS: readonly CodeDiagnostic[] = []

/** The editor itself: CodeMirror, which the chunk of this file brings. */
export function CodeView(props: Omit<CodeEditorProps, 'className'>) {
  const { language, value, diagnostics = NO_DIAGNOSTICS, marked = null, tables = NO_TABLES, ref } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  /** Those of the last render: what CodeMirror calls is made once. */
  const latest = useRef(props)
  latest.current = props

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes later has an effect of its own below
  useEffect(() => {
    if (host.current === null) return
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: value, extensions: extensionsOf(latest) }),
    })
    view.current = made
    if (latest.current.autoFocus === true) made.focus()
    return () => {
      view.current = null
      made.destroy()
    }
  }, [])

  useEffect(() => {
    const { current } = view
    if (current === null || current.state.doc.toString() === value) return
    const { from, to } = current.state.selection.main
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: value },
      selection: { anchor: Math.min(from, value.length), head: Math.min(to, value.length) },
      annotations: fromOutside.of(true),
    })
  }, [value])

  useEffect(() => {
    let isCurrent = true
    void loadLanguage(language, tables).then((loaded) => {
      if (isCurrent) view.current?.dispatch({ effects: grammar.reconfigure(loaded) })
    })
    return () => {
      isCurrent = false
    }
  }, [language, tables])

  const { label, onChange, describedBy, isInvalid = false } = props
  const isReadOnly = onChange === undefined
  useEffect(() => {
    const effects = attributes.reconfigure(attributesOf({ label, isReadOnly, describedBy, isInvalid }))
    view.current?.dispatch({ effects })
  }, [label, isReadOnly, describedBy, isInvalid])

  useEffect(() => {
    view.current?.dispatch({ effects: setMarked.of(marked) })
  }, [marked])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a text from outside moves what is underlined
  useEffect(() => {
    const { current } = view
    if (current !== null) current.dispatch(setDiagnostics(current.state, toDiagnostics(diagnostics, current.state)))
  }, [diagnostics, value])

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    select({ from, to }: CodeRange) {
      const { current } = view
      if (current === null) return
      const end = current.state.doc.length
      current.dispatch({
        selection: { anchor: Math.min(from, end), head: Math.min(to, end) },
        effects: EditorView.scrollIntoView(Math.min(from, end), { y: 'center' }),
      })
      current.focus()
    },
    insert(text: string) {
      const { current } = view
      if (current === null) return
      current.dispatch(current.state.replaceSelection(text))
      current.focus()
    },
  }))

  const isFilling = (props.height ?? 'fill') === 'fill'
  return (
    <div
      ref={host}
      className={
        isFilling
          ? 'h-full focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-focus [&_.cm-editor]:h-full'
          : 'rounded-control border border-control focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus [&_.cm-editor]:max-h-[500px] [&_.cm-editor]:min-h-[68px]'
      }
    />
  )
}

const fromOutside = Annotation.define<boolean>()
const setMarked = StateEffect.define<CodeRange | null>()
const grammar = new Compartment()
const attributes = new Compartment()

const mark = Decoration.mark({ class: 'cm-marked' })
const markedField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes)
    for (const effect of transaction.effects) {
      if (!effect.is(setMarked)) continue
      const to = Math.min(effect.value?.to ?? 0, transaction.newDoc.length)
      const from = effect.value?.from ?? 0
      next = from < to ? Decoration.set(mark.range(from, to)) : Decoration.none
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field),
})

function extensionsOf(latest: RefObject<Omit<CodeEditorProps, 'className'>>): Extension {
  const { language, placeholder, isWrapped = language !== 'sql', hasLineNumbers = language !== 'cel' } = latest.current
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
  const run = () => {
    latest.current.onRun?.()
    return latest.current.onRun !== undefined
  }
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    hasLineNumbers ? [lineNumbers(), highlightActiveLineGutter()] : [],
    hasLineNumbers && language !== 'sql' ? foldGutter() : [],
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches({ minSelectionLength: 3 }),
    autocompletion({ icons: false }),
    EditorState.languageData.of(() => [{ autocomplete: completionsBy(latest) }]),
    keymap.of([
      { key: 'Tab', run: acceptCompletion },
      ...closeBracketsKeymap,
      ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
    isWrapped ? EditorView.lineWrapping : [],
    placeholder === undefined ? [] : placeholderOf(placeholder),
    CODE_THEME,
    markedField,
    grammar.of([]),
    attributes.of([]),
    EditorView.updateListener.of(({ docChanged, selectionSet, state, transactions }) => {
      if (docChanged && !transactions.some((one) => one.annotation(fromOutside) === true))
        latest.current.onChange?.(state.doc.toString())
      const { from, to } = state.selection.main
      if (docChanged || selectionSet) latest.current.onSelect?.({ from, to })
    }),
  ]
}

/**
 * A character that replaces a selection. Browsers would keep the look of what was there by an inline style, which the
 * policy of the page refuses and reports.
 */
function typeOverSelection(event: InputEvent, view: EditorView): boolean {
  const { data, inputType, isComposing } = event
  if (inputType !== 'insertText' || data === null || isComposing || view.state.readOnly) return false
  const { from, to, empty } = view.state.selection.main
  if (empty) return false
  event.preventDefault()
  const insert = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
  const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert))
  if (!isHandled) view.dispatch(insert())
  return true
}

interface Attributes {
  readonly label: string
  readonly isReadOnly: boolean
  readonly describedBy: string | undefined
  readonly isInvalid: boolean
}

function attributesOf({ label, isReadOnly, describedBy, isInvalid }: Attributes): Extension {
  return [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      'aria-label': label,
      // A box that scrolls has to be reachable by keys; a text that can be edited is no proof of it for checkers.
      tabindex: '0',
      ...(isReadOnly && { 'aria-readonly': 'true' }),
      ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
      ...(isInvalid && { 'aria-invalid': 'true' }),
    }),
  ]
}

function completionsBy(latest: RefObject<Omit<CodeEditorProps, 'className'>>) {
  return async (context: { readonly state: EditorState; readonly pos: number; readonly explicit: boolean }) => {
    const { state, pos, explicit } = context
    const found = await latest.current.complete?.({ text: state.doc.toString(), at: pos, isExplicit: explicit })
    return found ? { from: found.from, options: found.options.map(toCompletion), validFor: /^[\w$]*$/ } : null
  }
}

function toCompletion({ label, detail, info, insert }: CodeCompletion): Completion {
  return {
    label,
    ...(detail !== undefined && { detail }),
    ...(info !== undefined && { info }),
    ...(insert !== undefined && { apply: insert }),
  }
}

function toDiagnostics(diagnostics: readonly CodeDiagnostic[], { doc }: EditorState): readonly Diagnostic[] {
  return diagnostics.map(({ from, to, severity, message, fix }) => ({
    from: Math.min(from, doc.length),
    to: Math.min(Math.max(from, to), doc.length),
    severity,
    message,
    ...(fix !== undefined && {
      actions: [
        {
          name: fix.label,
          apply: (view: EditorView, start: number, end: number) =>
            view.dispatch({ changes: { from: start, to: end, insert: fix.replacement } }),
        },
      ],
    }),
  }))
}
