import { Combobox } from '@base-ui/react/combobox'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronDown, UserRound } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { userFilter } from '../pages/users/user-filter'
import { messageOf } from '../session/operator-session'
import { useMay, useSession } from '../session/session-context'
import { type Actor, userIdOf } from './actor'
import { classNames } from './class-names'
import { useActorName } from './use-actor-name'

export interface ActorPickerProps {
  /** What is asked as the actor: "View as", "Try as". Stands before the name on the button. */
  readonly label: string
  readonly value: Actor
  /** Called with `operator` to be oneself again. The page keeps the value in its address, as `as`. */
  readonly onChange: (actor: Actor) => void
  /** False where rules are the point: operators have none. @default true */
  readonly offersOperator?: boolean
  /** What is done as a user needs the permission to impersonate, as every request with `Koyalite-As` does. @default true */
  readonly actsAsUser?: boolean
  /** Adds "A user of a role…", for a page that lets one type a user: called when it is chosen. */
  readonly onTyped?: () => void
  /** On a phone only a sign, until it is somebody else. @default false */
  readonly isCompact?: boolean
  /** What the button shows while a typed user is chosen. */
  readonly typedName?: string | undefined
}

const SHOWN = 20
const TYPED = 'typed'

/** Chooses whose rules apply: one's own (none), those of anonymous callers, or of any user, found on the server. */
export function ActorPicker(props: ActorPickerProps) {
  const {
    label,
    value,
    onChange,
    onTyped,
    typedName,
    offersOperator = true,
    actsAsUser = true,
    isCompact = false,
  } = props
  const { admin } = useSession()
  const [mayRead, mayImpersonate] = [useMay('users:read'), useMay('impersonation:write')]
  const reason = !mayRead
    ? 'Your role cannot read users.'
    : actsAsUser && !mayImpersonate
      ? 'Your role cannot act as a user.'
      : null
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const asked = useDeferredValue(text)
  const found = useQuery({
    queryKey: ['users', 'picker', asked],
    queryFn: () => admin.listUsers({ query: { ...userFilter(asked), limit: SHOWN, sort: '-created_at' } }),
    placeholderData: keepPreviousData,
    enabled: isOpen && reason === null,
  })
  // Enter takes the first, so all that is listed matches what is typed: also while the server looks.
  const isBehind = found.isPlaceholderData || asked !== text
  const users = (reason === null ? (found.data?.users ?? []) : []).filter(
    ({ id, email }) => !isBehind || email.toLowerCase().includes(text.trim().toLowerCase()) || id === text.trim(),
  )
  const fixed = [...(offersOperator ? ['operator'] : []), 'anonymous', ...(onTyped ? [TYPED] : [])].filter((one) =>
    FIXED[one]?.name.includes(text.trim().toLowerCase()),
  )
  const names = new Map(users.map((user) => [`user:${user.id}`, user]))
  const chosen = typedName === undefined ? value : TYPED
  const name = useActorName(value, typedName)
  const isSign = isCompact && value === 'operator'

  function choose(next: string | null): void {
    if (next === TYPED) onTyped?.()
    else if (next === 'operator' || next === 'anonymous') onChange(next)
    else if (next !== null && userIdOf(next) !== null) onChange(next as Actor)
  }

  return (
    <Combobox.Root<string>
      items={[...fixed, ...names.keys()]}
      filter={null}
      autoHighlight
      value={chosen}
      onValueChange={choose}
      open={isOpen}
      onOpenChange={setOpen}
      inputValue={text}
      onInputValueChange={setText}
      itemToStringLabel={(item) => names.get(item)?.email ?? FIXED[item]?.name ?? item}
    >
      <Combobox.Trigger
        aria-label={`${label} ${name}`}
        title={isCompact ? `${label} ${name}` : undefined}
        className={classNames(
          'inline-flex h-8 max-w-[280px] items-center gap-2 rounded-control border border-control bg-raised px-2.5 text-base hover:bg-sunken max-sm:h-10 max-sm:min-w-10 max-sm:justify-center',
          isCompact && 'flex-none max-sm:max-w-[160px]',
        )}
      >
        <UserRound aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none text-text-3" />
        <span className={classNames('min-w-0 flex-1 truncate text-left', isSign && 'max-sm:sr-only')}>
          <span className={classNames('text-text-2', isCompact && 'max-sm:sr-only')}>{label} </span>
          {name}
        </span>
        <ChevronDown
          aria-hidden="true"
          size={16}
          strokeWidth={1.5}
          className={classNames('flex-none text-text-3', isSign && 'max-sm:hidden')}
        />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={6} className="z-30">
          <Combobox.Popup
            aria-label={label}
            className="flex max-h-[min(400px,var(--available-height))] w-[min(320px,calc(100vw-2rem))] flex-col rounded-panel border border-line bg-raised shadow-float outline-none transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            <Combobox.Input
              aria-label="Search users"
              placeholder="Email address or id"
              className="m-2 h-8 flex-none rounded-control border border-control bg-canvas px-2.5 max-sm:h-10"
            />
            <Combobox.List className="overflow-y-auto px-1 pb-1">
              {(item: string) => (
                <Combobox.Item
                  key={item}
                  value={item}
                  className="flex cursor-default items-baseline gap-2 rounded-control px-2 py-1.5 outline-none data-highlighted:bg-sunken data-selected:font-medium"
                >
                  <span className="min-w-0 truncate">{names.get(item)?.email ?? FIXED[item]?.name ?? item}</span>
                  <span className="ml-auto flex-none text-sm text-text-3">
                    {names.get(item)?.role ?? FIXED[item]?.meaning}
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
            <Combobox.Status className="px-3 pb-2 text-sm text-text-3 empty:hidden">
              {reason ?? statusOf(found.error, { count: users.length, isPending: found.isPending, text: asked })}
            </Combobox.Status>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

const FIXED: Readonly<Record<string, { readonly name: string; readonly meaning: string }>> = {
  operator: { name: 'yourself', meaning: 'rules do not apply' },
  anonymous: { name: 'anonymous', meaning: 'not signed in' },
  [TYPED]: { name: 'a user of a role…', meaning: 'typed' },
}

function statusOf(
  error: Error | null,
  { count, isPending, text }: { readonly count: number; readonly isPending: boolean; readonly text: string },
): string | null {
  if (error !== null) return `The users could not be read: ${messageOf(error)}`
  if (isPending) return null
  if (count === 0) return text === '' ? 'There are no users.' : `No user matches “${text}”.`
  return count === SHOWN ? `The newest ${SHOWN}: type to find others.` : null
}
