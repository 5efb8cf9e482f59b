import { AppLink } from '../kit/app-link'
import { EmptyState } from '../kit/states'

export function NotFoundPage() {
  return (
    <EmptyState title="There is no such page">
      <p>
        <AppLink href="/" className="text-link underline">
          Go to the first page
        </AppLink>
      </p>
    </EmptyState>
  )
}
