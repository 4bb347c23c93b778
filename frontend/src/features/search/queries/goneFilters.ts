import { computed, type Ref } from 'vue'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'
import type { SavedSearch } from './savedSearches'

/** The filters whose values are codes of a list; a release may take one out of it, as where two regions became one. */
const lists = { field: 'technical_field', industry: 'industry', region: 'region', ip_kind: 'ip_kind', cooperation: 'cooperation', price_mode: 'price_mode' }

/** What a saved search still asks for though no listing can have it any more, and its query without that. */
export function useGoneFilters(query: Ref<SavedSearch['query']>) {
  const { terms } = useTaxonomies()
  const goneOf = (name: string, values: string[]): string[] => {
    const known = new Set(terms(lists[name as keyof typeof lists] ?? '').map((term) => term.code))
    return known.size ? values.filter((value) => !known.has(value)) : []
  }
  const gone = computed(() => Object.entries(query.value).flatMap(([name, values]) => goneOf(name, values)))
  const without = computed<SavedSearch['query']>(() =>
    Object.fromEntries(
      Object.entries(query.value)
        .map(([name, values]) => [name, values.filter((value) => !goneOf(name, values).includes(value))] as const)
        .filter(([, values]) => values.length > 0),
    ),
  )
  return { gone, without }
}
