import { useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../kit/button'
import { type CodeDiagnostic, CodeEditor, type CodeEditorHandle } from '../../kit/code/code-editor'
import { useSchema } from '../schema/schema-context'
import { isEmptyDraft, NO_DRAFT } from '../schema/schema-draft'
import { completeYaml } from './complete-yaml'
import { rangeAt } from './range-at'

/** The file itself. What is typed is part of the draft, like what the forms change. */
export function YamlPage() {
  const { line } = useSearch({ from: '/shell/schema/yaml' })
  const { file, draft, text, problems, model, reason, change } = useSchema()
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  // A form or the file has changed it: what is typed is in the draft already.
  if (text !== seen) {
    setSeen(text)
    setTyped(text)
  }
  const editor = useRef<CodeEditorHandle>(null)
  const latest = useRef(text)
  latest.current = text
  useEffect(() => {
    if (line === undefined) return
    // The editor is loaded when it is first shown.
    const timer = setInterval(() => {
      if (editor.current === null) return
      editor.current.select(rangeAt(latest.current, line))
      clearInterval(timer)
    }, 50)
    return () => clearInterval(timer)
  }, [line])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const type = (next: string) => {
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setSeen(next)
      change((known) =>
        next === file.source
          ? { ...NO_DRAFT, answers: known.answers }
          : { ...NO_DRAFT, answers: known.answers, fills: known.fills, source: next, base: known.base ?? file.hash },
      )
    }, 300)
  }
  const isAsFile = isEmptyDraft(draft)
  const diagnostics = useMemo((): readonly CodeDiagnostic[] => {
    const own = problems.map((problem) => ({ ...problem, severity: 'error' as const }))
    const found = isAsFile ? [...own, ...file.diagnostics] : own
    const seenOnce = new Map(found.map((one) => [`${one.line}:${one.column}:${one.message}`, one]))
    return [...seenOnce.values()].map(({ line: at, column, severity, message }) => ({
      ...rangeAt(text, at, column),
      severity,
      message,
    }))
  }, [problems, file.diagnostics, isAsFile, text])
  const isBehind = draft.source !== undefined && draft.base !== undefined && draft.base !== file.hash
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-3 border-b border-line px-4 py-2">
        <h1 className="text-title font-semibold">schema.yaml</h1>
        <span role="status" className={diagnostics.length > 0 ? 'text-danger-text' : 'text-text-2'}>
          {countText(diagnostics.filter(({ severity }) => severity === 'error').length)}
        </span>
        <span className="flex-1" />
        {reason !== null && <span className="text-text-2">{reason}</span>}
      </div>
      {isBehind && (
        <div
          role="alert"
          className="flex flex-none flex-wrap items-center gap-3 bg-warning-soft px-4 py-2 text-warning-text"
        >
          <span className="min-w-0 flex-1">
            schema.yaml was changed by somebody else while you were writing. Your text is below; nothing is overwritten.
          </span>
          <Button onClick={() => change(() => NO_DRAFT)}>Take theirs</Button>
          <Button onClick={() => change((known) => ({ ...known, base: file.hash }))}>Keep mine</Button>
        </div>
      )}
      <div className="min-h-0 flex-1">
        <CodeEditor
          ref={editor}
          label="schema.yaml"
          language="yaml"
          isWrapped={false}
          value={typed}
          onChange={reason === null ? type : undefined}
          diagnostics={diagnostics}
          complete={(position) => completeYaml(position, model)}
        />
      </div>
    </div>
  )
}

function countText(errors: number): string {
  return errors === 0 ? 'No errors' : errors === 1 ? '1 error' : `${errors} errors`
}
