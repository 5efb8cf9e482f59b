import { ScrollRegion } from '../../kit/scroll-region'

export interface EmailFrameProps {
  readonly name: string
  readonly locale: string
  /** What is in it: the frame is loaded again where it is another one. */
  readonly html: string
  /** Pixels. */
  readonly width: number
  readonly scheme: 'light' | 'dark'
}

/** A mail as its reader sees it. The server sends it with a policy of its own: no scripts, no origin, nothing from elsewhere. */
export function EmailFrame({ name, locale, html, width, scheme }: EmailFrameProps) {
  const query = new URLSearchParams({ locale, scheme })
  return (
    <ScrollRegion label="Preview" className="max-w-full flex-none self-start rounded-panel border border-line">
      <iframe
        key={html}
        title={`${name}, ${width} pixels wide`}
        sandbox=""
        src={`/api/admin/mail/templates/${encodeURIComponent(name)}/html?${query}`}
        width={width}
        height={640}
        // Where the mail has no background, that of the scheme shows.
        style={{ colorScheme: scheme, background: 'Canvas' }}
        className="block"
      />
    </ScrollRegion>
  )
}
