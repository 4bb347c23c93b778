import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys, type ListingKind } from './listings'

/** What is published of a listing, as its own page reads it; an error where nothing is. */
export function usePublished(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.of(kind.value, id.value)),
    queryFn: async () => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return dataOf(api.GET('/achievements/{id}', params))
      if (kind.value === 'package') return dataOf(api.GET('/packages/{id}', params))
      return dataOf(api.GET('/needs/{id}', params))
    },
  })
}
