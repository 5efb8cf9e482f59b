export interface PersonProps {
  readonly id: string
  readonly name: string | undefined
}

/** A person as a coloured initial. */
export function Person({ id, name = '?' }: PersonProps) {
  return (
    <span className="person" style={{ '--hue': hueOf(id) } as React.CSSProperties} title={name}>
      <span aria-hidden="true">{[...name][0]?.toUpperCase()}</span>
      <span className="hidden">{name}</span>
    </span>
  )
}

/** Always the same for one person, and far from that of others. */
function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 360
  return (hash * 137) % 360
}
