import type { ReactNode } from 'react'

/** What the signs at the ends of a reference mean. */
export function DiagramLegend() {
  return (
    <dl className="flex w-full flex-wrap gap-x-5 gap-y-1 text-sm">
      <Sign text="any number refer to it">
        <path d="M14,8 L0,2 M14,8 L0,14 M0,8 L40,8" />
        <circle cx="18" cy="8" r="4" className="fill-canvas" />
      </Sign>
      <Sign text="at most one refers to it (unique)">
        <path d="M8,2 L8,14 M0,8 L40,8" />
        <circle cx="18" cy="8" r="4" className="fill-canvas" />
      </Sign>
      <Sign text="exactly one">
        <path d="M8,2 L8,14 M0,8 L40,8" />
      </Sign>
      <Sign text="one or none (nullable)">
        <path d="M8,2 L8,14 M0,8 L40,8" />
        <circle cx="18" cy="8" r="4" className="fill-canvas" />
      </Sign>
    </dl>
  )
}

function Sign({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-center gap-2">
      <dt>
        <svg aria-hidden="true" width="40" height="16" className="fill-none stroke-text-2" strokeWidth={1.25}>
          {children}
        </svg>
      </dt>
      <dd className="text-text-2">{text}</dd>
    </div>
  )
}
