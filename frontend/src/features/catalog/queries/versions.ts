import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, type Schema } from '@/api/client'
import { listingKeys } from '@/features/listing/queries/listings'

/** The kinds of which versions are compared. */
export type VersionedKind = 'achievement' | 'package'
export type VersionContent = Partial<Schema<'AchievementContent'> & Schema<'PackageContent'>>

/** A published version, as far as the reader may see it. */
export interface Version {
  number: number
  published_at: string
  content: VersionContent
  withheld?: string[]
}

function fetchVersion(kind: VersionedKind, id: string, number: number): Promise<Version> {
  const params = { params: { path: { id, number } } }
  return kind === 'achievement' ? dataOf(api.GET('/achievements/{id}/versions/{number}', params)) : dataOf(api.GET('/packages/{id}/versions/{number}', params))
}

/** One published version; published ones never change. */
export function useVersion(kind: Ref<VersionedKind>, id: Ref<string>, number: Ref<number>) {
  return useQuery({
    queryKey: computed(() => [...listingKeys.of(kind.value, id.value), 'version', number.value]),
    queryFn: () => fetchVersion(kind.value, id.value, number.value),
    enabled: computed(() => number.value > 0),
  })
}
