import type { ReactNode } from 'react'

const KINDS = {
  plain: 'bg-sunken text-text-2',
  accent: 'bg-accent-soft text-link',
  success: 'bg-success-soft text-success-text',
  warning: 'bg-warning-soft text-warning-text',
  danger: 'bg-danger-soft text-danger-text',
} as const

/** A state, in a word. */
export function Badge({
  kind = 'plain',
  children,
}: {
  readonly kind?: keyof typeof KINDS
  readonly children: ReactNode
}) {
  return (
    <span className={`rounded-mark px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${KINDS[kind]}`}>
      {children}
    </span>
  )
}
