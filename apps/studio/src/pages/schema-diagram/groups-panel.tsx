import { Button } from '../../kit/button'
import { CommittedField } from '../schema-collection/committed-field'
import { addToGroup, type DiagramGroup, GROUP_COLORS, groupsByPrefix, membersOf, withGroup } from './diagram-groups'

export interface GroupsPanelProps {
  readonly groups: readonly DiagramGroup[]
  /** All collections of the schema. */
  readonly names: readonly string[]
  readonly selected: readonly string[]
  onChange(groups: readonly DiagramGroup[]): void
  /** Groups that nobody has put anywhere yet: what was moved by hand is arranged anew. */
  onArrange(groups: readonly DiagramGroup[]): void
}

/** Makes groups of what is selected or begins with the same word, and names and colours them. */
export function GroupsPanel({ groups, names, selected, onChange, onArrange }: GroupsPanelProps) {
  const members = membersOf(groups, names)
  const prefixes = groupsByPrefix(names)
  const nothing = selected.length === 0 ? 'Select collections first: click them, or drag with Shift.' : null
  const set = (index: number, change: Partial<DiagramGroup>) =>
    onChange(groups.map((group, i) => (i === index ? { ...group, ...change } : group)))
  return (
    <section aria-label="Groups" className="flex w-full flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button reason={nothing} onClick={() => onChange(withGroup(groups, selected))}>
          Group the selected
        </Button>
        <Button
          reason={prefixes.length === 0 ? 'No two names begin with the same word and an underscore.' : null}
          onClick={() => onArrange(prefixes)}
        >
          Group by prefix
        </Button>
      </div>
      {groups.length > 0 && (
        <ul className="grid max-h-[150px] grid-cols-[repeat(auto-fill,minmax(min(100%,600px),1fr))] gap-2 overflow-y-auto">
          {groups.map((group, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a group has no name that stays
            <li key={i} className="flex flex-wrap items-end gap-2">
              <CommittedField
                label={`Name of group ${i + 1}`}
                value={group.name}
                isOff={false}
                check={(text) => (text.trim() === '' ? 'A group needs a name.' : null)}
                commit={(text) => set(i, { name: text.trim() })}
              />
              <Colors label={group.name} color={group.color} set={(color) => set(i, { color })} />
              <span className="pb-1.5 text-text-2">
                {members[i]?.length} {members[i]?.length === 1 ? 'collection' : 'collections'}
                {group.prefix !== undefined && `, by ${group.prefix}`}
              </span>
              <Button reason={nothing} onClick={() => onChange(addToGroup(groups, i, selected))}>
                Add the selected
              </Button>
              <Button
                kind="quiet"
                aria-label={`Ungroup ${group.name}`}
                onClick={() => onChange(groups.toSpliced(i, 1))}
              >
                Ungroup
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface ColorsProps {
  readonly label: string
  readonly color: number
  readonly set: (color: number) => void
}

function Colors({ label, color, set }: ColorsProps) {
  return (
    <fieldset className="flex items-center gap-1 pb-1.5">
      <legend className="sr-only">Colour of {label}</legend>
      {GROUP_COLORS.map((one) => (
        <input
          key={one}
          type="radio"
          aria-label={`Colour ${one}`}
          name={`colour of ${label}`}
          checked={one === color}
          onChange={() => set(one)}
          className="m-0.5 size-5 appearance-none rounded-full border-2 border-canvas checked:border-text"
          style={{ backgroundColor: `var(--color-chart-${one})` }}
        />
      ))}
    </fieldset>
  )
}
