import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'
import type { MatchSubject } from './matches'

/** The listing that others are matched with, as its own page reads it; an error where it is not published. */
export function useMatchSubject(kind: Ref<MatchSubject>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.of(kind.value, id.value)),
    queryFn: () => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return dataOf(api.GET('/achievements/{id}', params))
      if (kind.value === 'package') return dataOf(api.GET('/packages/{id}', params))
      return dataOf(api.GET('/needs/{id}', params))
    },
  })
}
