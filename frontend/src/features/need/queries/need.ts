import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'

/** A published need, as far as the reader may see it. */
export function useNeed(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.of('need', id.value)),
    queryFn: () => dataOf(api.GET('/needs/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}
