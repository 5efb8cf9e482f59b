import { useRef, useState } from 'react'
import { Button } from './button'

/** A text to take along. Copying works over plain http too, where browsers have no clipboard for pages; where it fails, the text is selected. */
export function CopyField({ label, text }: { readonly label: string; readonly text: string }) {
  const input = useRef<HTMLInputElement>(null)
  const [state, setState] = useState<'idle' | 'copied' | 'selected'>('idle')
  function copy(): void {
    input.current?.select()
    setState(document.execCommand('copy') ? 'copied' : 'selected')
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex gap-2">
        <input
          ref={input}
          readOnly
          aria-label={label}
          value={text}
          onFocus={(event) => event.currentTarget.select()}
          className="h-8 min-w-0 flex-1 rounded-control border border-control bg-sunken px-2.5 font-mono text-code max-sm:h-10"
        />
        <Button onClick={copy}>{state === 'copied' ? 'Copied' : 'Copy'}</Button>
      </div>
      <p role="status" className="text-sm text-text-3">
        {state === 'selected' && 'The browser does not allow copying here. The text is selected: press Ctrl-C.'}
      </p>
    </div>
  )
}
