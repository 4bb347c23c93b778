import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf } from '@/api/client'
import { listingKeys, type ListingHead } from './listings'

/** One or many listings to be confirmed as still to be had. */
export type Confirmable = Pick<ListingHead, 'kind' | 'id'>

/** Confirms listings, each for itself; what could not be confirmed comes back with its code. */
export function useConfirmListings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (heads: Confirmable[]) => {
      const items = heads.flatMap(({ kind, id }) => (kind === 'need' ? [] : [{ kind, id }]))
      return (await dataOf(api.POST('/listings/confirmations', { body: { items } }))).items
    },
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: listingKeys.all }), client.invalidateQueries({ queryKey: ['tasks'] })]),
  })
}

/** What the link of a letter asks to confirm. */
export function useConfirmationLetter(token: Ref<string>) {
  return useQuery({
    queryKey: computed(() => ['confirmation-letter', token.value]),
    queryFn: () => dataOf(api.POST('/confirmation-letters/read', { body: { token: token.value } })),
    retry: false,
  })
}

/** Confirms by the letter, which works once. */
export function useConfirmByLetter() {
  return useMutation({ mutationFn: (token: string) => dataOf(api.POST('/confirmation-letters/confirm', { body: { token } })) })
}
