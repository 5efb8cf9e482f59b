import type { CollectionInfo } from '../../fields/field'
import { AppLink } from '../../kit/app-link'

const SHOWN = 12

/** Where the data is, one click away. */
export function CollectionLinks({ collections }: { readonly collections: readonly CollectionInfo[] }) {
  return (
    <section aria-labelledby="collections" className="flex flex-col gap-3">
      <h2 id="collections" className="text-title font-semibold">
        Collections
      </h2>
      <ul className="flex flex-wrap gap-2">
        {collections.slice(0, SHOWN).map(({ name }) => (
          <li key={name}>
            <AppLink
              href={`/data/${encodeURIComponent(name)}`}
              className="block max-w-[240px] truncate rounded-control border border-line px-3 py-1.5 hover:bg-sunken max-sm:py-2.5"
            >
              {name}
            </AppLink>
          </li>
        ))}
        {collections.length > SHOWN && (
          <li>
            <AppLink href="/data" className="block px-3 py-1.5 text-link hover:underline">
              All {collections.length}
            </AppLink>
          </li>
        )}
      </ul>
    </section>
  )
}
