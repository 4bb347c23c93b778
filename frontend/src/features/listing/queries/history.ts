import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys, type ListingKind } from './listings'

/** A published version, as far as this page tells of it. */
interface Version {
  number: number
  published_at: string
}

/** The versions that were published, as the owner sees them. */
export function useVersions(kind: Ref<ListingKind>, id: Ref<string>) {
  return useQuery({
    queryKey: computed(() => [...listingKeys.of(kind.value, id.value), 'versions']),
    queryFn: async (): Promise<Version[]> => {
      const params = { params: { path: { id: id.value } } }
      if (kind.value === 'achievement') return (await dataOf(api.GET('/achievements/{id}/versions', params))).items
      if (kind.value === 'package') return (await dataOf(api.GET('/packages/{id}/versions', params))).items
      return (await dataOf(api.GET('/needs/{id}/versions', params))).items
    },
  })
}
