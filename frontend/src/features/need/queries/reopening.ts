import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { api, dataOf } from '@/api/client'
import { listingKeys, takeStep } from '@/features/listing/queries/listings'

/** Opens a need again whose deals have come to nothing, as it stands when the button is pressed. */
export function useReopenNeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (id: string) => {
      const { head } = await dataOf(api.GET('/needs/{id}', { params: { path: { id } } }))
      return takeStep('need', id, head.version, { action: 'reopen' })
    },
    onSettled: () =>
      Promise.all([client.invalidateQueries({ queryKey: listingKeys.all }), client.invalidateQueries({ queryKey: ['tasks'] })]),
  })
}
