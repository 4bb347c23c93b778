import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'
import { listingKeys, type ListingKind } from '@/features/listing/queries/listings'

export type RelatedListing = Schema<'RelatedListing'>

/** What is like a listing, and what may fit it, as the reader may see them; or instead how well some of the other side fit, by their ids. */
export function useRelated(kind: Ref<ListingKind>, id: Ref<string>, fitting?: Ref<string[]>) {
  return useQuery({
    queryKey: computed(() => [...listingKeys.of(kind.value, id.value), 'related', ...(fitting ? [fitting.value] : [])]),
    queryFn: () => {
      const params = { params: { path: { id: id.value }, query: { fitting: fitting?.value } } }
      if (kind.value === 'achievement') return dataOf(api.GET('/achievements/{id}/related', params))
      if (kind.value === 'package') return dataOf(api.GET('/packages/{id}/related', params))
      return dataOf(api.GET('/needs/{id}/related', params))
    },
    enabled: computed(() => fitting === undefined || fitting.value.length > 0),
  })
}
