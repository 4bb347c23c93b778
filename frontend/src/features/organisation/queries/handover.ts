import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, dataOf, newIdempotencyKey } from '@/api/client'
import { meKey } from '@/features/account/queries/session'

export type HandoverAnswer = 'accept' | 'decline' | 'withdraw'

const handoverKey = (id: string) => ['organisations', 'handover', id] as const

/** The open offer to let another member decide for an organisation, if there is one. */
export function useHandover(organisation: Ref<string>) {
  return useQuery({
    queryKey: computed(() => handoverKey(organisation.value)),
    queryFn: () => dataOf(api.GET('/organisations/{id}/handover', { params: { path: { id: organisation.value } } })),
    enabled: computed(() => organisation.value !== ''),
  })
}

/** Who may do what has changed: one's own roles and the members are asked for again. */
function useRefresh() {
  const client = useQueryClient()
  return () => Promise.all([['organisations'], meKey].map((queryKey) => client.invalidateQueries({ queryKey })))
}

export function useOfferHandover(organisation: Ref<string>) {
  return useMutation({
    mutationFn: (member: string) =>
      dataOf(
        api.POST('/organisations/{id}/handover', {
          params: { path: { id: organisation.value }, header: { 'Idempotency-Key': newIdempotencyKey() } },
          body: { member_id: member },
        }),
      ),
    onSettled: useRefresh(),
  })
}

export function useAnswerHandover(organisation: Ref<string>) {
  return useMutation({
    mutationFn: (action: HandoverAnswer) =>
      api.POST('/organisations/{id}/handover/steps', {
        params: { path: { id: organisation.value }, header: { 'Idempotency-Key': newIdempotencyKey() } },
        body: { action },
      }),
    onSettled: useRefresh(),
  })
}
