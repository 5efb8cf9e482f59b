import { EmptyState } from '../kit/states'

export function NotFoundPage() {
  return (
    <EmptyState title="There is no such page">
      <p>
        <a href="/_/" className="text-link underline">
          Go to the first page
        </a>
      </p>
    </EmptyState>
  )
}
