import { useState } from 'react'
import { Button } from './button'
import { copyText } from './copy-text'

/** Some lines to take along: for a file, or a terminal. */
export function Snippet({ label, text }: { readonly label: string; readonly text: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  return (
    <div className="flex max-w-full flex-col items-start gap-2">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys
        tabIndex={0}
        className="w-full overflow-x-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code text-text"
      >
        {text}
      </pre>
      <Button aria-label={`Copy: ${label}`} onClick={() => setState(copyText(text) ? 'copied' : 'refused')}>
        {state === 'copied' ? 'Copied' : state === 'refused' ? 'Select it, and press Ctrl-C' : 'Copy'}
      </Button>
    </div>
  )
}
