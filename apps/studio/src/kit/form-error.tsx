import type { ReactNode } from 'react'

/** What the server says of a whole form. */
export function FormError({ children }: { readonly children: ReactNode }) {
  return (
    <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 text-danger-text">
      {children}
    </p>
  )
}
