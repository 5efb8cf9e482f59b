import { lazy, type Ref, Suspense } from 'react'
import { classNames } from '../class-names'
import { Skeleton } from '../states'

export type CodeLanguage = 'sql' | 'yaml' | 'json' | 'cel'

/** Offsets in the text, in UTF-16 units as strings have them; `to` is behind the last character. */
export interface CodeRange {
  readonly from: number
  readonly to: number
}

export interface CodeDiagnostic extends CodeRange {
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** What can be done about it, as a button beside the message. */
  readonly fix?: { readonly label: string; readonly replacement: string }
}

export interface CodeCompletion {
  readonly label: string
  /** Beside the label, in grey: the type of a field. */
  readonly detail?: string
  /** A sentence about it. */
  readonly info?: string
  /** What is inserted. @default the label */
  readonly insert?: string
}

export interface CodeCompletions {
  /** Where the word that is replaced begins; it ends at the cursor. */
  readonly from: number
  readonly options: readonly CodeCompletion[]
}

export interface CodePosition {
  readonly text: string
  /** Where the cursor is. */
  readonly at: number
  /** Whether it was asked for (Ctrl+Space), not just typed. */
  readonly isExplicit: boolean
}

/** What a page may do with an editor from outside. */
export interface CodeEditorHandle {
  focus(): void
  /** Selects a part, scrolls to it and focuses the editor. */
  select(range: CodeRange): void
  /** Puts a text in place of the selection, as if it was typed. */
  insert(text: string): void
}

export interface CodeEditorProps {
  /** What is written here, for those who do not see it: "SQL", "Rule for read". */
  readonly label: string
  readonly language: CodeLanguage
  /** The text. A change from outside replaces it, and can be undone in the editor. */
  readonly value: string
  /** Without it the text is read only. */
  readonly onChange?: ((text: string) => void) | undefined
  /** What Ctrl+Enter (⌘+Enter) does. */
  readonly onRun?: (() => void) | undefined
  /** Where the cursor or selection is, after each move. */
  readonly onSelect?: ((range: CodeRange) => void) | undefined
  /** What the editor underlines, in the order of the text. Ranges beyond its end are cut. */
  readonly diagnostics?: readonly CodeDiagnostic[] | undefined
  /** A part that is marked as a whole: the statement under the cursor. */
  readonly marked?: CodeRange | null | undefined
  /** What could be written at a position. */
  readonly complete?: ((position: CodePosition) => CodeCompletions | null | Promise<CodeCompletions | null>) | undefined
  /** For `sql`: the columns of each table, which completion knows beside the keywords. */
  readonly tables?: Readonly<Record<string, readonly CodeCompletion[]>> | undefined
  /** 'fill': as high as what it is in, and scrolls; 'content': as high as its text, from 3 lines to 24. @default 'fill' */
  readonly height?: 'fill' | 'content' | undefined
  /** Breaks long lines instead of scrolling sideways. @default true for yaml, json and cel */
  readonly isWrapped?: boolean | undefined
  /** Shows the numbers of lines. @default true, except for cel */
  readonly hasLineNumbers?: boolean | undefined
  /** In an empty editor. */
  readonly placeholder?: string | undefined
  /** Focused when it appears. */
  readonly autoFocus?: boolean | undefined
  /** The id of what is written below it: an error, a hint. */
  readonly describedBy?: string | undefined
  readonly isInvalid?: boolean | undefined
  readonly className?: string | undefined
  readonly ref?: Ref<CodeEditorHandle> | undefined
}

const CodeView = lazy(() => import('./code-view').then(({ CodeView }) => ({ default: CodeView })))

/**
 * A text in a language, with colours, completion and diagnostics. CodeMirror is loaded when the first one appears. Tab indents; Esc and then
 * Tab leaves. Escape bubbles to the page unless it has closed something of the editor's.
 */
export function CodeEditor({ className, ...rest }: CodeEditorProps) {
  const isFilling = (rest.height ?? 'fill') === 'fill'
  return (
    <div className={classNames('min-w-0 bg-canvas', isFilling && 'h-full min-h-0', className)}>
      <Suspense fallback={<Skeleton className={isFilling ? 'h-full w-full' : 'h-[68px] w-full'} />}>
        <CodeView {...rest} />
      </Suspense>
    </div>
  )
}
