import { Link } from '@tanstack/react-router'
import { membersOf } from './diagram-groups'
import type { DiagramEdge, DiagramModel } from './diagram-model'
import { KEPT_GROUPS } from './kept-items'
import { useKeptItem } from './use-kept-item'

/** What the diagram shows, in words. */
export function DiagramList({ diagram }: { readonly diagram: DiagramModel }) {
  const { value: groups = [] } = useKeptItem(KEPT_GROUPS)
  const members = membersOf(
    groups,
    diagram.nodes.map(({ name }) => name),
  )
  return (
    <ul className="flex max-w-[880px] flex-col gap-4 p-6 max-sm:p-4">
      {diagram.nodes.map(({ name }) => {
        const out = diagram.edges.filter(({ from }) => from === name)
        const inward = diagram.edges.filter(({ to }) => to === name)
        return (
          <li key={name} className="flex flex-col gap-1">
            <Link
              to="/schema/$collection"
              params={{ collection: name }}
              className="text-md font-semibold text-link hover:underline"
            >
              {name}
            </Link>
            {groups.flatMap((group, i) =>
              members[i]?.includes(name) ? (
                <p key={group.name} className="text-text-2">
                  in the group {group.name}
                </p>
              ) : (
                []
              ),
            )}
            {out.length + inward.length === 0 && <p className="text-text-3">no references</p>}
            {out.map((edge) => (
              <p key={edge.id} className="text-text-2">
                {edge.field} → {edge.to}.{edge.toField}: {inWords(edge)}
              </p>
            ))}
            {inward.length > 0 && <p className="text-text-2">referred to by {inward.map(({ id }) => id).join(', ')}</p>}
          </li>
        )
      })}
    </ul>
  )
}

function inWords({ many, optional, from, to }: DiagramEdge): string {
  const theirs = optional ? `at most one of ${to}` : `exactly one of ${to}`
  return many ? `${theirs}; any number of ${from} for each` : `${theirs}; at most one of ${from} for each`
}
