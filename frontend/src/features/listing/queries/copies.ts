import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { api, dataOf, newIdempotencyKey } from '@/api/client'
import { listingKeys, type ListingHead } from './listings'

/** Begins a new draft with what one of one's own listings says, and gives its head. */
export function useCopy() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ kind, id }: Pick<ListingHead, 'kind' | 'id'>): Promise<ListingHead> => {
      const request = { params: { path: { id }, header: { 'Idempotency-Key': newIdempotencyKey() } } }
      if (kind === 'achievement') return (await dataOf(api.POST('/achievements/{id}/copies', request))).head
      if (kind === 'package') return (await dataOf(api.POST('/packages/{id}/copies', request))).head
      return (await dataOf(api.POST('/needs/{id}/copies', request))).head
    },
    onSuccess: () => client.invalidateQueries({ queryKey: listingKeys.all }),
  })
}
