import { linkOptions, useParams } from '@tanstack/react-router'
import { SideList } from '../../kit/side-list'
import { collectionNames } from './collection-names'
import { useSchema } from './schema-context'

/** Every collection, by name; those that the draft makes too. */
export function CollectionList({ onChoose }: { readonly onChoose: () => void }) {
  const schema = useSchema()
  const { collection } = useParams({ strict: false })
  const documents = new Map(schema.collections.map((one) => [one.name, one.documents]))
  return (
    <SideList
      what="collections"
      onOpen={onChoose}
      entries={collectionNames(schema).map((name) => ({
        key: name,
        name,
        note: documents.has(name) ? documents.get(name)?.toLocaleString('en') : 'new',
        isCurrent: name === collection,
        link: linkOptions({ to: '/schema/$collection', params: { collection: name } }),
      }))}
    />
  )
}
