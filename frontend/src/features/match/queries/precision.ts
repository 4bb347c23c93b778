import { useQuery } from '@tanstack/vue-query'
import { api, dataOf, type Schema } from '@/api/client'

export type ModelPrecision = Schema<'ModelPrecision'>
export type PrecisionShare = Schema<'PrecisionShare'>

/** How well each version of the matching did; the server counts it anew every hour. */
export function usePrecision() {
  return useQuery({ queryKey: ['matching-precision'], queryFn: () => dataOf(api.GET('/matching/precision')), staleTime: 600_000 })
}
