import { useRouter, useRouterState } from '@tanstack/react-router'
import { Eye, X } from 'lucide-react'
import type { Actor } from '../kit/actor'
import { useActorName } from '../kit/use-actor-name'

/** Whose rules the page applies, where it is not the operator who looks: `as=` of the address. */
export function ViewingAs() {
  const router = useRouter()
  const as = useRouterState({
    select: ({ location }) => new URLSearchParams(location.searchStr).get('as')?.replace(/^"|"$/g, '') ?? null,
  })
  if (as === null || as === '' || as === 'operator') return null
  function stop(): void {
    const address = new URL(location.href)
    address.searchParams.delete('as')
    router.history.push(`${address.pathname}${address.search}`)
  }
  return (
    <span className="flex min-w-0 items-center gap-1.5 rounded-control bg-warning-soft py-0.5 pr-0.5 pl-2 text-warning-text">
      <Eye aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />
      <span className="truncate" title={as}>
        Viewing as <ActorName actor={as as Actor} />
      </span>
      <button
        type="button"
        aria-label="Stop viewing as somebody else"
        title="Stop viewing as somebody else"
        onClick={stop}
        className="grid size-6 flex-none place-items-center rounded-control hover:bg-canvas"
      >
        <X aria-hidden="true" size={14} strokeWidth={1.75} />
      </button>
    </span>
  )
}

function ActorName({ actor }: { readonly actor: Actor }) {
  return useActorName(actor)
}
