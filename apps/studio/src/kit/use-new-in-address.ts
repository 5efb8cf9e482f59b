import { useNavigate, useSearch } from '@tanstack/react-router'

/** Whether the address asks for the form of a new one, `?new=true`, so that a link leads to it; and what opens and closes that form. */
export function useNewInAddress(): readonly [isNew: boolean, setNew: (isNew: boolean) => void] {
  const search: { readonly new?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const setNew = (isNew: boolean) =>
    void navigate({
      to: '.',
      search: (known: object) => ({ ...known, new: isNew || undefined }),
      replace: !isNew,
    } as never)
  return [search.new === true, setNew]
}

/** `new` of an address, for pages that read nothing else of it. */
export function newSearch(search: Record<string, unknown>): { readonly new?: true } {
  return search.new === true ? { new: true } : {}
}
