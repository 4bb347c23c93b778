import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys, type ListingKind } from '@/features/listing/queries/listings'

/** The listings that wait for review, oldest first. */
export function useReviews() {
  return useInfiniteQuery({
    queryKey: ['reviews'],
    queryFn: ({ pageParam }) => dataOf(api.GET('/reviews', { params: { query: { cursor: pageParam || undefined, page_size: 30 } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  })
}

/** What was submitted, whole: a reviewer sees every tier. */
export function useSubmission(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => [...listingKeys.of(kind.value, id.value), 'submission']),
    queryFn: async () => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return { kind: 'achievement' as const, ...(await dataOf(api.GET('/achievements/{id}/draft', params))) }
      if (kind.value === 'package') return { kind: 'package' as const, ...(await dataOf(api.GET('/packages/{id}/draft', params))) }
      return { kind: 'need' as const, ...(await dataOf(api.GET('/needs/{id}/draft', params))) }
    },
  })
}

/** What a reviewer looks at, by kind of listing. */
export const checklists: Record<ListingKind, string[]> = {
  achievement: ['identity', 'value', 'claims', 'rights', 'people', 'secrets'],
  package: ['identity', 'value', 'components', 'weights', 'price', 'secrets'],
  need: ['identity', 'problem', 'requirements', 'budget', 'secrets'],
}

/** The answers a reviewer can give reasons for, by kind of listing. */
export const reviewFields: Record<ListingKind, string[]> = {
  achievement: ['title', 'value_line', 'abstract', 'details', 'claims', 'trl', 'trl_evidence', 'ip_items', 'contributors', 'technical_field', 'industry', 'region', 'cooperation', 'price', 'tiers'],
  package: ['title', 'value_line', 'description', 'components', 'technical_field', 'industry', 'region', 'cooperation', 'price', 'tiers'],
  need: ['title', 'problem', 'technical_key', 'expected_goal', 'requirements', 'technical_field', 'industry', 'region', 'budget_max', 'deadline', 'tiers'],
}
