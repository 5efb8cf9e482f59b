import { ScrollRegion } from '../../kit/scroll-region'
import { diffLines } from './diff-lines'

/** What of a text changes, with some lines around it. */
export function TextDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = diffLines(before, after)
  if (lines.length === 0) return <p className="border-t border-line px-3 py-2 text-text-2">The file stays as it is.</p>
  return (
    <ScrollRegion label="Changes of schema.yaml" className="border-t border-line py-2">
      <div className="min-w-max font-mono text-code whitespace-pre">
        {lines.map(({ kind, text, number }) => (
          <div key={`${kind} ${number}`} className={CLASSES[kind]}>
            <span className="inline-block w-12 pr-3 text-right text-text-3 select-none">
              {kind === 'gap' ? '' : number}
            </span>
            <span className="inline-block w-4 select-none">{SIGNS[kind]}</span>
            {text}
          </div>
        ))}
      </div>
    </ScrollRegion>
  )
}

const CLASSES = {
  same: 'text-text-2',
  added: 'bg-success-soft text-success-text',
  removed: 'bg-danger-soft text-danger-text',
  gap: 'text-text-3',
} as const
const SIGNS = { same: ' ', added: '+', removed: '−', gap: ' ' } as const
