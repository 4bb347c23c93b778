import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'

/** A published achievement, as far as the reader may see it. */
export function useAchievement(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.of('achievement', id.value)),
    queryFn: () => dataOf(api.GET('/achievements/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}

/** A published package, as far as the reader may see it. */
export function usePackage(id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => listingKeys.of('package', id.value)),
    queryFn: () => dataOf(api.GET('/packages/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })
}
