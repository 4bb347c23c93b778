import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys, type ListingKind } from './listings'

/** What is published of a listing, as its own page reads it; an error where nothing is. */
export function publishedOf(kind: ListingKind, id: string) {
  return {
    queryKey: listingKeys.of(kind, id),
    queryFn: async () => {
      const params = { params: { path: { id } } }
      if (kind === 'achievement') return dataOf(api.GET('/achievements/{id}', params))
      if (kind === 'package') return dataOf(api.GET('/packages/{id}', params))
      return dataOf(api.GET('/needs/{id}', params))
    },
  }
}

/** publishedOf for a listing that may change. */
export function usePublished(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery(computed(() => publishedOf(kind.value, id.value)))
}
