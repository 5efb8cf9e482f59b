import { classNames } from '../../kit/class-names'

/** A status with its code; what failed is told by the words and the colour. */
export function StatusText({ status, code }: { readonly status: number; readonly code?: string | null }) {
  return (
    <span
      className={classNames(
        'whitespace-nowrap',
        status >= 500 ? 'font-medium text-danger-text' : status >= 400 && 'text-warning-text',
      )}
    >
      {status}
      {code != null && <span className="ml-1.5 text-sm">{code}</span>}
    </span>
  )
}

/** `user 0192…4f`, `anonymous` */
export function actorText({ kind, id }: { readonly kind: string; readonly id: string | null }): string {
  const name = kind.replace('_', ' ')
  return id === null ? name : `${name} ${id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id}`
}
