import { useState } from 'react'
import { Button } from './button'
import { copyText } from './copy-text'
import { ScrollRegion } from './scroll-region'

/** A text to take along. Where the browser does not allow copying, it says so: the text can be selected. */
export function CodeBlock({ label, text }: { readonly label: string; readonly text: string }) {
  const [state, setState] = useState<{ readonly of: string; readonly isCopied: boolean } | null>(null)
  const current = state?.of === text ? state : null
  return (
    <div className="relative rounded-panel bg-sunken">
      <ScrollRegion label={label} className="px-4 py-3 pr-24 focus-visible:-outline-offset-2 max-sm:pt-14 max-sm:pr-4">
        <pre className="font-mono text-code">{text.trimEnd()}</pre>
      </ScrollRegion>
      <div className="absolute top-2 right-2">
        <Button onClick={() => setState({ of: text, isCopied: copyText(text.trimEnd()) })}>
          {current?.isCopied === true ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p role="status" className="px-4 pb-3 text-sm text-text-2 empty:hidden">
        {current?.isCopied === false && 'The browser does not allow copying here: select the text and press Ctrl-C.'}
      </p>
    </div>
  )
}
