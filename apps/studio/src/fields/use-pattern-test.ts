import { useQuery } from '@tanstack/react-query'
import type { CollectionInfo } from './field'
import type { PatternTest } from './value-problem'

/** RE2, loaded where a collection has patterns; undefined until then. */
export function usePatternTest({ fields }: CollectionInfo): PatternTest | undefined {
  const { data } = useQuery({
    queryKey: ['patterns'],
    queryFn: async (): Promise<PatternTest> => {
      const { compilePattern } = await import('@koyalite/schema/pattern')
      const compiled = new Map<string, ReturnType<typeof compilePattern>>()
      return (pattern, text) => {
        const known = compiled.get(pattern) ?? compilePattern(pattern)
        compiled.set(pattern, known)
        return known.test(text)
      }
    },
    enabled: fields.some(({ pattern }) => pattern !== null),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data
}
